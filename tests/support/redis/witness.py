"""An observer on Redis itself: every command that Redis ran, in the order in which it ran them."""

import asyncio
import contextlib
import json
import re
import time
import uuid
from collections import Counter
from dataclasses import dataclass

from .redis_server import RedisServer
from .resp_link import RespLink
from .waiting import until

_LINE = re.compile(rb"\+(\d+\.\d+) \[(\d+) (\S+)\] (.*)\r\n", re.DOTALL)
_WORD = re.compile(rb'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(rb"\\(x[0-9a-f]{2}|.)", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"a": b"\a", b"b": b"\b"}


@dataclass(frozen=True)
class Publish:
    at: float
    channel: bytes
    payload: bytes
    address: str


def _unescape(match: re.Match[bytes]) -> bytes:
    what = match[1]
    return (
        bytes.fromhex(what[1:].decode()) if what[:1] == b"x" and len(what) == 3 else _ESCAPES.get(what, what)
    )


def words_of(line: bytes) -> list[bytes]:
    """The words of a command as MONITOR shows them."""
    return [_ESCAPE.sub(_unescape, word) for word in _WORD.findall(line)]


class Witness:
    """Uses MONITOR: so it counts in no NUMSUB, and no output limit of Pub/Sub ends it."""

    def __init__(self, server: RedisServer) -> None:
        self.publishes: list[Publish] = []
        self.commands: Counter[str] = Counter()
        self.most_words: Counter[str] = Counter()
        self._server = server
        self._link: RespLink | None = None
        self._reading: asyncio.Task[None] | None = None
        self._echoed: set[bytes] = set()

    @classmethod
    async def attach(cls, server: RedisServer) -> "Witness":
        witness = cls(server)
        await witness.attach_again()
        return witness

    async def attach_again(self) -> None:
        """After Redis was restarted; nobody else should be let in before this returns."""
        await self.close()
        self._link = await self._server.link()
        await self._link.call("MONITOR")
        self._reading = asyncio.create_task(self._read(self._link))

    async def catch_up(self) -> None:
        """Returns when everything is known that Redis ran before this call."""
        mark = uuid.uuid4().hex.encode()
        await self._server.call("ECHO", mark)
        await until(lambda: mark in self._echoed, "the witness saw the mark")

    def payloads(self, channel: str) -> list[bytes]:
        return [one.payload for one in self.publishes if one.channel == channel.encode()]

    def texts(self, channel: str) -> list[str]:
        """The `text` of the JSON objects that went over a channel."""
        found = []
        for payload in self.payloads(channel):
            with contextlib.suppress(ValueError):
                event = json.loads(payload)
                if isinstance(event, dict) and isinstance(event.get("text"), str):
                    found.append(event["text"])
        return found

    async def close(self) -> None:
        if self._reading:
            self._reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reading
        if self._link:
            await self._link.close()
        self._link = self._reading = None

    async def _read(self, link: RespLink) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while line := await link.reader.readuntil(b"\r\n"):
                if match := _LINE.fullmatch(line):
                    self._take(match[3].decode(), words_of(match[4]))

    def _take(self, address: str, words: list[bytes]) -> None:
        name = words[0].decode().upper()
        self.commands[name] += 1
        self.most_words[name] = max(self.most_words[name], len(words))
        if name == "PUBLISH":
            self.publishes.append(Publish(time.monotonic(), words[1], words[2], address))
        elif name == "ECHO":
            self._echoed.add(words[1])
