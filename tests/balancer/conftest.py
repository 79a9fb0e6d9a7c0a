"""Two hosts on one Redis, and balancers in front of them."""

import json
import os
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

# At the end: the folders here are namespace packages, and must not hide real ones.
sys.path.append(str(Path(__file__).resolve().parents[1]))

from support.balancer import Balancer  # noqa: E402
from support.redis import Process, RedisServer, until  # noqa: E402
from support.redis.instance import BUILD  # noqa: E402
from support.redis.process import ROOT  # noqa: E402


class Host:
    """A Python host; `seen` is what its `on_connect` was shown: each client's query and address."""

    def __init__(self, process: Process, port: int) -> None:
        self.process = process
        self.port = port

    @property
    def seen(self) -> dict[str, str]:
        lines = [line.split(" ") for line in self.process.output if line.startswith("connect ")]
        return {query: address for _, query, address in lines}

    async def stats(self) -> dict[str, int]:
        before = len(self.process.output)
        await self.process.say("stats")
        line = await until(
            lambda: next((one for one in self.process.output[before:] if one.startswith("stats ")), None),
            "stats",
        )
        return dict(json.loads(line.removeprefix("stats ")))

    async def drain(self, seconds: float) -> None:
        await self.process.say(f"drain {seconds}")

    async def until_drained(self) -> None:
        await self.process.line("^drained$")


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    """Ends, in reverse order, whatever a test has started."""
    async with AsyncExitStack() as kept:
        yield kept


@pytest.fixture
async def start_hosts(stack: AsyncExitStack) -> Callable[..., Awaitable[list[Host]]]:
    async def start(**options: Any) -> list[Host]:
        redis = await RedisServer.start()
        stack.push_async_callback(redis.close)
        hosts = []
        for name in "ab":
            given = json.dumps({"redis": redis.url, **options})
            command = [
                str(ROOT / "build/venv/bin/python"),
                str(Path(__file__).parent / "programs/host.py"),
                given,
            ]
            process = await Process.start(name, command, {**os.environ, "PYTHONPATH": str(BUILD / "python")})
            stack.push_async_callback(process.kill)
            hosts.append(Host(process, int((await process.line(r"^listening (\d+)$"))[1])))
        return hosts

    return start


@pytest.fixture
async def start_balancer(stack: AsyncExitStack) -> Callable[..., Awaitable[Balancer]]:
    async def start(program: str, text: str, hosts: list[Host], kind: str = "http") -> Balancer:
        balancer = await Balancer.start(program, text, [host.port for host in hosts], kind)
        stack.callback(shutil.rmtree, balancer.folder, ignore_errors=True)
        stack.push_async_callback(balancer.process.kill)
        return balancer

    return start
