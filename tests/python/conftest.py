"""What the tests of the Python package share: real clients, and waiting without sleeping."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import websockets

DEADLINE = 10.0


class Client:
    """A WebSocket client that speaks the native protocol; every wait has a deadline."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self.socket = socket

    async def send(self, kind: str, **fields: Any) -> None:
        await self.socket.send(json.dumps({"type": kind, **fields}))

    async def receive(self) -> dict[str, Any]:
        async with asyncio.timeout(DEADLINE):
            return json.loads(await self.socket.recv())

    async def ask(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Sends a request with an id and returns its answer; what comes before is dropped."""
        await self.send(kind, id="asked", **fields)
        while (answer := await self.receive()).get("id") != "asked":
            pass
        return answer

    async def join(self, room: str) -> None:
        assert (await self.ask("join", roomId=room))["type"] == "joined"

    async def say(self, room: str, text: Any, **fields: Any) -> dict[str, Any]:
        return await self.ask("message", roomId=room, text=text, **fields)

    async def closed(self) -> tuple[int | None, str | None]:
        """Close code and reason, once the connection has ended."""
        async with asyncio.timeout(DEADLINE):
            await self.socket.wait_closed()
        return self.socket.close_code, self.socket.close_reason


@contextlib.asynccontextmanager
async def connect(server: Any, path: str = "", **options: Any) -> AsyncIterator[Client]:
    async with websockets.connect(server.url + path, **options) as socket:
        yield Client(socket)


@pytest.fixture(name="connect")
def connect_fixture() -> Callable[..., contextlib.AbstractAsyncContextManager[Client]]:
    """`async with connect(server) as client`"""
    return connect


async def until(condition: Callable[[], Any], deadline: float = DEADLINE) -> None:
    """Returns when `condition` holds; fails if it does not in time."""
    end = time.monotonic() + deadline
    while not condition():
        assert time.monotonic() < end, "the condition did not come true in time"
        await asyncio.sleep(0.002)


@pytest.fixture(name="until")
def until_fixture() -> Callable[..., Awaitable[None]]:
    return until
