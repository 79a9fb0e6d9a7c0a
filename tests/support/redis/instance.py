"""The servers that are judged: instances of fanwired, and the textbook server."""

import asyncio
import os
from typing import Any

from .process import ROOT, Process
from .waiting import DEADLINE, until

BUILD = ROOT / os.environ.get("FANWIRE_BUILD", "build/dev")


def server_command() -> list[str]:
    return os.environ.get("FANWIRE_SERVER_CMD", str(BUILD / "core/fanwired")).split()


class Instance:
    """A running server process. Its options are given with _ for -."""

    def __init__(self, name: str, process: Process, port: int) -> None:
        self.name = name
        self.process = process
        self.port = port

    @classmethod
    async def start(
        cls,
        redis: str = "",
        name: str = "instance",
        *,
        environment: dict[str, str] | None = None,
        **options: Any,
    ) -> "Instance":
        given = {"port": 0, "drain_timeout": "0", **({"redis": redis} if redis else {}), **options}
        arguments = [f"--{option.replace('_', '-')}={value}" for option, value in given.items()]
        process = await Process.start(
            name, [*server_command(), *arguments], {**os.environ, **environment} if environment else None
        )
        match = await process.line(r"listening on ws://.*:(\d+)/")
        return cls(name, process, int(match[1]))

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/"

    @property
    def log(self) -> str:
        return "\n".join(self.process.errors)

    async def get(self, path: str) -> tuple[int, str]:
        """Status and body of an HTTP GET; status 0 when there is nobody."""
        try:
            async with asyncio.timeout(5):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
                head, _, body = (await reader.read()).partition(b"\r\n\r\n")
                writer.close()
        except OSError:
            return 0, ""
        return int(head.split()[1]), body.decode()

    async def is_ready(self) -> bool:
        return (await self.get("/readyz"))[0] == 200

    async def until_ready(self, deadline: float = DEADLINE) -> None:
        await until(self.is_ready, f"{self.name} is ready", deadline, step=0.02)

    async def until_not_ready(self, deadline: float = DEADLINE) -> None:
        async def is_unready() -> bool:
            return (await self.get("/readyz"))[0] == 503

        await until(is_unready, f"{self.name} says that it is not ready", deadline, step=0.02)

    async def stop(self) -> int:
        return await self.process.stop()


class TextbookServer:
    """The server of WIRE.md, 6, made of npm's `ws` and `ioredis`."""

    def __init__(self, process: Process, port: int) -> None:
        self.process = process
        self.url = f"ws://127.0.0.1:{port}/"

    @classmethod
    async def start(cls, redis: str) -> "TextbookServer":
        script = str(ROOT / "tests/support/redis/textbook_server.mjs")
        process = await Process.start("the textbook server", ["node", script, redis])
        return cls(process, int((await process.line(r"listening (\d+)"))[1]))

    async def stop(self) -> int:
        return await self.process.stop()
