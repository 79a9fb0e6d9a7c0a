"""A WebSocket client that believes nothing: it keeps every frame, in order, and removes no duplicates."""

import asyncio
import contextlib
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from .waiting import DEADLINE, until


@dataclass(frozen=True)
class Frame:
    """A message as it came: when, its bytes, and what they say if they are a JSON object."""

    at: float
    raw: str | bytes
    event: dict[str, Any]

    @property
    def type(self) -> str:
        return str(self.event.get("type", ""))

    @property
    def is_local(self) -> bool:
        return self.event.get("local") is True


class RawClient:
    """Speaks the classic dialect, or `fanwire.v1`. Its requests carry ids, so that each answer is counted."""

    def __init__(self, name: str, connection: ClientConnection, is_v1: bool) -> None:
        self.name = name
        self.connection = connection
        self.is_v1 = is_v1
        self.frames: list[Frame] = []
        self.counts: Counter[str] = Counter()
        self.unexpected: list[Frame] = []
        self.on_frame: Callable[[Frame], None] | None = None
        self._answers: dict[int, asyncio.Future[Frame]] = {}
        self._last_id = 0
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def connect(cls, url: str, name: str = "client", *, v1: bool = False) -> "RawClient":
        connection = await connect(
            url,
            proxy=None,
            compression=None,
            ping_interval=None,
            max_size=None,
            max_queue=None,
            subprotocols=[Subprotocol("fanwire.v1")] if v1 else None,
        )
        client = cls(name, connection, v1)
        if v1:
            await client.until(lambda: client.of("welcome"), "the server said welcome")
        return client

    async def send(self, **request: Any) -> None:
        await self.connection.send(json.dumps(request))

    async def request(self, **fields: Any) -> asyncio.Future[Frame]:
        """Sends a request with an id; the future is its answer, which may come much later."""
        self._last_id += 1
        answer: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self._answers[self._last_id] = answer
        await self.send(**fields, id=self._last_id)
        return answer

    async def ask(self, deadline: float = DEADLINE, **fields: Any) -> Frame:
        """Sends a request and waits for its answer."""
        answer = await self.request(**fields)
        async with asyncio.timeout(deadline):
            return await answer

    @staticmethod
    async def answers(*requests: asyncio.Future[Frame], deadline: float = DEADLINE) -> list[Frame]:
        """The answers to requests that were sent before."""
        async with asyncio.timeout(deadline):
            return list(await asyncio.gather(*requests))

    async def join(self, room: Any, deadline: float = DEADLINE) -> Frame:
        return self._joined(await self.ask(deadline, type="join", roomId=room))

    async def join_pattern(self, pattern: str, deadline: float = DEADLINE) -> Frame:
        return self._joined(await self.ask(deadline, type="join", pattern=pattern))

    async def publish(self, room: str | None, **fields: Any) -> asyncio.Future[Frame]:
        place = {} if room is None else {"roomId": room}
        return await self.request(type="message", **place, **fields)

    def of(self, kind: str) -> list[Frame]:
        return [frame for frame in self.frames if frame.type == kind]

    @property
    def messages(self) -> list[Frame]:
        return self.of("message")

    @property
    def texts(self) -> list[Any]:
        return [frame.event.get("text") for frame in self.messages]

    @property
    def is_open(self) -> bool:
        return not self._reading.done()

    async def until(self, condition: Callable[[], Any], what: str, deadline: float = DEADLINE) -> Any:
        return await until(condition, f"{self.name}: {what}", deadline)

    async def settle(self, deadline: float = DEADLINE) -> None:
        """Returns when everything that the server said before this call has come."""
        pongs = self.counts["pong"]
        await self.send(type="ping")
        await self.until(lambda: self.counts["pong"] > pongs, "pong", deadline)

    async def close(self) -> None:
        await self.connection.close()
        await self._reading

    @staticmethod
    def _joined(answer: Frame) -> Frame:
        assert answer.type == "joined", answer.raw
        return answer

    async def _read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for raw in self.connection:
                self._take(raw)

    def _take(self, raw: str | bytes) -> None:
        at = time.monotonic()
        try:
            event = json.loads(raw)
        except ValueError:
            event = None
        frame = Frame(at, raw, event if isinstance(event, dict) else {})
        self.frames.append(frame)
        self.counts[frame.type] += 1
        if self.on_frame:
            self.on_frame(frame)
        if "id" in frame.event:
            answer = self._answers.pop(frame.event["id"], None)
            if answer is None:
                self.unexpected.append(frame)
            elif not answer.done():
                answer.set_result(frame)
