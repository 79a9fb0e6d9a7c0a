"""Hosts are told how the bus stands: at the start, and whenever that changes."""

import json
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from support.redis import Process, RedisServer
from support.redis.instance import BUILD
from support.redis.process import ROOT

PROGRAMS = Path(__file__).parent / "programs"
COMMANDS = {
    "python": [str(ROOT / "build/venv/bin/python"), str(PROGRAMS / "bus_states.py")],
    "node": ["node", str(PROGRAMS / "bus_states.mjs")],
}
LANGUAGES = pytest.mark.parametrize("language", COMMANDS)


class Host:
    def __init__(self, process: Process) -> None:
        self.process = process
        self.notices: list[tuple[str, float, int]] = []

    async def next_state(self) -> str:
        await self.process.until_output(len(self.notices) + 1)
        self.notices.append(tuple(json.loads(self.process.output[len(self.notices)])))
        return self.notices[-1][0]

    async def connected(self) -> None:
        """On a busy machine Redis may not have answered yet when the server has started."""
        while await self.next_state() != "connected":
            assert self.notices[-1][0] == "disconnected"


@pytest.fixture
async def start_host(stack: AsyncExitStack) -> Callable[[str, str], Awaitable[Host]]:
    async def start(language: str, url: str) -> Host:
        environment = {**os.environ, "PYTHONPATH": str(BUILD / "python")}
        process = await Process.start(language, [*COMMANDS[language], url], environment)
        stack.push_async_callback(process.kill)
        return Host(process)

    return start


@LANGUAGES
async def test_a_host_is_told_when_redis_goes_and_comes(
    start_host, redis: RedisServer, language: str
) -> None:
    begun = time.time() * 1000
    host = await start_host(language, redis.url)
    await host.connected()

    await redis.kill()
    assert await host.next_state() == "disconnected"
    await redis.launch()
    assert await host.next_state() == "connected"

    moments = [since for _, since, _ in host.notices]
    assert begun - 1000 <= moments[0] and moments == sorted(moments) and moments[-1] <= time.time() * 1000
    assert not any(waiting for _, _, waiting in host.notices)


@LANGUAGES
async def test_a_host_is_told_that_what_has_waited_goes_out(
    start_host, redis: RedisServer, language: str
) -> None:
    host = await start_host(language, redis.url)
    await host.connected()
    await redis.kill()
    assert await host.next_state() == "disconnected"

    for text in "abc":
        await host.process.say(text)
    await redis.launch()

    states = [await host.next_state()]
    if states == ["replaying"]:
        assert 1 <= host.notices[-1][2] <= 3
        states.append(await host.next_state())
    assert states[-1] == "connected"


@LANGUAGES
async def test_a_host_that_starts_without_redis_is_told(
    start_host, redis: RedisServer, language: str
) -> None:
    await redis.kill()
    host = await start_host(language, redis.url)
    assert await host.next_state() == "disconnected"

    await redis.launch()
    assert await host.next_state() == "connected"
