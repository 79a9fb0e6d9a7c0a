"""A RESP2 client of our own: small, byte-exact, and independent of what it judges."""

import asyncio
import contextlib
import ssl
import time
from dataclasses import dataclass
from typing import Any

_LIMIT = 64 * 1024 * 1024


class RespError(Exception):
    """An error that Redis answered."""


@dataclass(frozen=True)
class Published:
    """A message as a subscriber got it; `pattern` is empty when it came by a channel's own subscription."""

    at: float
    channel: bytes
    payload: bytes
    pattern: bytes = b""


def encode_command(*words: Any) -> bytes:
    parts = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%b\r\n" % (len(part), part) for part in parts)


class RespLink:
    """One connection. Calls wait for their replies one after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._turn = asyncio.Lock()

    @classmethod
    async def open(
        cls,
        port: int = 0,
        *,
        path: str | None = None,
        user: str | None = None,
        password: str | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> "RespLink":
        if path:
            reader, writer = await asyncio.open_unix_connection(path, limit=_LIMIT)
        else:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls, limit=_LIMIT)
        link = cls(reader, writer)
        if password is not None:
            try:
                await link.call("AUTH", *([user] if user else []), password)
            except RespError:
                await link.close()
                raise
        return link

    async def call(self, *words: Any) -> Any:
        async with self._turn:
            self.writer.write(encode_command(*words))
            await self.writer.drain()
            return await self.reply()

    async def reply(self) -> Any:
        """The next reply: bytes, an int, a list, None; raises `RespError` for an error."""
        line = await self.reader.readuntil(b"\r\n")
        kind, rest = line[:1], line[1:-2]
        if kind == b"+":
            return rest
        if kind == b"-":
            raise RespError(rest.decode(errors="replace"))
        if kind == b":":
            return int(rest)
        if kind == b"$":
            length = int(rest)
            return None if length < 0 else (await self.reader.readexactly(length + 2))[:-2]
        assert kind == b"*", f"not RESP2: {line!r}"
        count = int(rest)
        return None if count < 0 else [await self.reply() for _ in range(count)]

    async def close(self) -> None:
        self.writer.close()
        with contextlib.suppress(OSError):
            await self.writer.wait_closed()


class Subscriber:
    """A subscriber of its own connection that keeps everything it gets."""

    def __init__(self, link: RespLink) -> None:
        self.link = link
        self.published: list[Published] = []
        self._confirmed = 0
        self._wanted = 0
        self._reading = asyncio.create_task(self._read())

    @property
    def is_connected(self) -> bool:
        return not self._reading.done()

    async def subscribe(self, *channels: str, pattern: bool = False) -> None:
        """Returns once Redis has confirmed them all."""
        self._wanted += len(channels)
        self.link.writer.write(encode_command("PSUBSCRIBE" if pattern else "SUBSCRIBE", *channels))
        async with asyncio.timeout(10):
            while self._confirmed < self._wanted:
                assert self.is_connected, "the subscriber was cut off"
                await asyncio.sleep(0.002)

    def payloads(self, channel: str) -> list[bytes]:
        return [one.payload for one in self.published if one.channel == channel.encode()]

    async def close(self) -> None:
        self._reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reading
        await self.link.close()

    async def _read(self) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            while True:
                self._take(await self.link.reply())

    def _take(self, push: list[Any]) -> None:
        now = time.monotonic()
        match push:
            case [b"message", channel, payload]:
                self.published.append(Published(now, channel, payload))
            case [b"pmessage", pattern, channel, payload]:
                self.published.append(Published(now, channel, payload, pattern))
            case [b"subscribe" | b"psubscribe", *_]:
                self._confirmed += 1
