"""Hosts in two languages on one Redis: what one publishes reaches the clients of the other."""

import json
import os
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from support.redis import Process, RedisServer
from support.redis.instance import BUILD
from support.redis.process import ROOT

PROGRAMS = Path(__file__).parent / "programs"
COMMANDS = {
    "python": [str(ROOT / "build/venv/bin/python"), str(PROGRAMS / "host.py")],
    "node": ["node", str(PROGRAMS / "host.mjs")],
}


class Host:
    def __init__(self, process: Process, port: int) -> None:
        self.process = process
        self.url = f"ws://127.0.0.1:{port}/"

    async def publish(self, room: str | None, text: str) -> dict[str, bool]:
        before = len(self.process.output)
        await self.process.say(json.dumps([room, text]))
        await self.process.until_output(before + 1)
        return json.loads(self.process.output[before].removeprefix("published "))


@pytest.fixture
async def start_host(stack: AsyncExitStack, redis: RedisServer) -> Callable[[str], Awaitable[Host]]:
    async def start(language: str) -> Host:
        environment = {**os.environ, "PYTHONPATH": str(BUILD / "python")}
        process = await Process.start(language, [*COMMANDS[language], redis.url], environment)
        stack.push_async_callback(process.kill)
        return Host(process, int((await process.line(r"listening (\d+)"))[1]))

    return start


@pytest.mark.parametrize(("publisher", "other"), [("python", "node"), ("node", "python")])
async def test_a_host_reaches_a_client_of_the_other_languages_host(
    start_host, connect, publisher: str, other: str
) -> None:
    near, far = await start_host(publisher), await start_host(other)
    own, foreign = await connect(near, "own", v1=True), await connect(far, "foreign", v1=True)
    for client in (own, foreign):
        assert not (await client.join("hosts")).is_local

    for number in range(20):
        assert await near.publish("hosts", f"{number}") == {"local": False, "dropped": False}
    assert await near.publish(None, "all") == {"local": False, "dropped": False}

    for client in (own, foreign):
        await client.until(lambda client=client: len(client.texts) == 21, "all came")
        await client.settle()
        assert client.texts == [*(f"{number}" for number in range(20)), "all"]
        assert {frame.event["user"] for frame in client.messages} == {publisher}
    assert own.messages[0].raw == foreign.messages[0].raw


@pytest.mark.parametrize("language", ["python", "node"])
async def test_a_host_is_told_that_its_message_is_local_while_redis_is_away(
    start_host, connect, redis: RedisServer, language: str
) -> None:
    host = await start_host(language)
    client = await connect(host)
    assert not (await client.join("away")).is_local

    await redis.shut_down()
    told = await host.publish("away", "first")
    while "error" in told:
        # It was on its way to Redis when Redis went.
        assert told == {"error": "uncertain"}
        told = await host.publish("away", "next")

    assert told == {"local": True, "dropped": False}
    await client.until(lambda: client.texts, "local members hear it")
