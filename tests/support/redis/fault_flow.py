"""One direction of a proxied connection."""

import asyncio
import fcntl
import socket
import struct
import termios
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Cut:
    """Ends a connection in the middle of a stream: `after` more bytes of it are let through."""

    after: int
    reset: bool
    role: str | None
    is_reply: bool


def end_at_once(transport: asyncio.Transport, *, reset: bool) -> None:
    """Closes without sending what is queued: with an RST, or with a FIN."""
    raw = transport.get_extra_info("socket")
    if reset and raw is not None and raw.fileno() >= 0:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def waiting_bytes(transport: asyncio.Transport) -> int:
    """What the peer has sent and nobody has read yet."""
    raw = transport.get_extra_info("socket")
    if raw is None or raw.fileno() < 0:
        return 0
    answer = fcntl.ioctl(raw.fileno(), termios.FIONREAD, struct.pack("i", 0))
    return int(struct.unpack("i", answer)[0])


class Flow:
    """Takes bytes from `source` to `target`, late if there is a delay, not at all while held."""

    def __init__(self, on_bytes: Callable[["Flow", bytes], bytes | None], *, is_reply: bool) -> None:
        self.is_reply = is_reply
        self.is_finished = False
        self.delay = 0.0
        self.cut: Cut | None = None
        self.source: asyncio.Transport | None = None
        self.target: asyncio.Transport | None = None
        self._on_bytes = on_bytes
        self._holds: set[str] = set()
        self._late: deque[tuple[float, bytes]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._source_ended = False

    def hold(self, why: str) -> None:
        """Stops reading: bytes stay in the kernel's buffers, as on a network that loses everything."""
        self._holds.add(why)
        self._apply_holds()

    def release(self, why: str) -> None:
        self._holds.discard(why)
        if not self._holds and self.source and not self.source.is_closing():
            self.source.resume_reading()

    def start(self, source: asyncio.Transport) -> None:
        self.source = source
        # Not at once: some versions of asyncio begin to read right after this call, paused or not.
        asyncio.get_running_loop().call_soon(self._apply_holds)

    def take(self, data: bytes) -> None:
        if self.delay > 0 or self._late:
            due = asyncio.get_running_loop().time() + self.delay
            self._late.append((due, data))
            self._arm()
        else:
            self._pass_on(data)

    def end(self) -> None:
        """The source has nothing more to say."""
        self._source_ended = True
        if not self._late:
            self._pass_end()

    def close(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._late.clear()

    def _apply_holds(self) -> None:
        if self._holds and self.source and not self.source.is_closing():
            self.source.pause_reading()

    def _arm(self) -> None:
        if self._timer is None and self._late:
            self._timer = asyncio.get_running_loop().call_at(self._late[0][0], self._on_due)

    def _on_due(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        while self._late and self._late[0][0] <= now:
            self._pass_on(self._late.popleft()[1])
        self._arm()
        if self._source_ended and not self._late:
            self._pass_end()

    def _pass_on(self, data: bytes) -> None:
        allowed = self._on_bytes(self, data)
        if allowed:
            self.write(allowed)

    def write(self, data: bytes) -> None:
        if self.target and not self.target.is_closing():
            self.target.write(data)

    def _pass_end(self) -> None:
        self.is_finished = True
        if self.target and not self.target.is_closing():
            self.target.write_eof()
