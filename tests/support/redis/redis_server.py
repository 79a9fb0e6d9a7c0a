"""A real redis-server on a free port, for one test."""

import asyncio
import contextlib
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .certificates import Certificates
from .process import Process, free_port
from .resp_link import RespError, RespLink, Subscriber
from .waiting import until


class RedisServer:
    """Without persistence, in a folder of its own. It may be ended and started again on the same port."""

    def __init__(
        self, settings: Mapping[str, Any], password: str | None, certificates: Certificates | None
    ) -> None:
        self.port = free_port()
        self.tls_port = free_port() if certificates else 0
        self.folder = Path(tempfile.mkdtemp(prefix="fanwire-redis-"))
        self.socket_path = str(self.folder / "redis.sock")
        self.password = password
        self.certificates = certificates
        self._settings = dict(settings)
        self._process: Process | None = None
        self._admin: RespLink | None = None

    @classmethod
    async def start(
        cls,
        *,
        password: str | None = None,
        acl: str | None = None,
        certificates: Certificates | None = None,
        **settings: Any,
    ) -> "RedisServer":
        """`acl` is the text of an ACL file, whose default user has the `password`; `settings` are those of
        redis.conf, with _ for -."""
        server = cls(settings, password, certificates)
        if acl is not None:
            file = server.folder / "users.acl"
            file.write_text(acl)
            server._settings["aclfile"] = file
        try:
            await server.launch()
        except BaseException:
            await server.close()
            raise
        return server

    async def launch(self) -> None:
        """Starts the process, on the same port as before, and returns when it answers."""
        self._process = await Process.start("redis-server", self._command())
        await until(self._answers, "redis-server answers")

    async def restart(self) -> None:
        await self.shut_down()
        await self.launch()

    async def shut_down(self) -> None:
        """Ends it in order (SIGTERM): its connections are closed."""
        await self._drop_admin()
        if self._process:
            await self._process.stop()

    async def kill(self) -> None:
        await self._drop_admin()
        if self._process:
            await self._process.kill()

    async def freeze(self) -> None:
        """Stops it in its tracks (SIGSTOP): connections stay open, the kernel still takes bytes."""
        self._running.freeze()
        await until(lambda: self._running.state() == "T", "redis-server is stopped")

    async def thaw(self) -> None:
        self._running.thaw()
        await until(self._answers, "redis-server answers again")

    async def close(self) -> None:
        await self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def pid(self) -> int:
        return self._running.pid

    @property
    def is_frozen(self) -> bool:
        return self._running.is_stopped and self._running.state() == "T"

    @property
    def log(self) -> str:
        return "\n".join(self._running.output)

    @property
    def url(self) -> str:
        secret = f":{self.password}@" if self.password else ""
        return f"redis://{secret}127.0.0.1:{self.port}"

    async def call(self, *words: Any) -> Any:
        """A command on the harness's own connection, which is made anew where it was lost."""
        if self._admin and self._admin.reader.at_eof():
            await self._drop_admin()
        if self._admin is None:
            self._admin = await self.link()
        try:
            return await self._admin.call(*words)
        except RespError:
            raise
        except BaseException:
            # Also after a deadline: the reply would be taken for that of the next call.
            await self._drop_admin()
            raise

    async def link(self) -> RespLink:
        return await RespLink.open(self.port, password=self.password)

    async def subscriber(self, *channels: str, pattern: bool = False) -> Subscriber:
        subscriber = Subscriber(await self.link())
        if channels:
            await subscriber.subscribe(*channels, pattern=pattern)
        return subscriber

    async def run_id(self) -> str:
        return (await self.info("server"))["run_id"]

    async def info(self, section: str) -> dict[str, str]:
        text = (await self.call("INFO", section)).decode()
        return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)

    async def configure(self, name: str, value: Any) -> None:
        await self.call("CONFIG", "SET", name, value)
        if name == "requirepass":
            self.password = str(value) or None

    async def clients(self) -> list[dict[str, str]]:
        """CLIENT LIST without the harness's own connections, which have no name."""
        lines = (await self.call("CLIENT", "LIST")).decode().splitlines()
        found = [dict(re.findall(r"(\S+?)=(\S*)", line)) for line in lines]
        return [client for client in found if client["name"]]

    async def subscribers(self, channel: str) -> int:
        return (await self.call("PUBSUB", "NUMSUB", channel))[1]

    async def channels(self, glob: str = "*") -> set[bytes]:
        return set(await self.call("PUBSUB", "CHANNELS", glob))

    async def patterns(self) -> int:
        return await self.call("PUBSUB", "NUMPAT")

    async def cli(self, *arguments: str, stdin: bytes | None = None) -> bytes:
        """redis-cli, as an operator would use it; `stdin` becomes the last argument."""
        command = ["redis-cli", "-p", str(self.port), *(["-a", self.password] if self.password else [])]
        command += ["--no-auth-warning", *(["-x"] if stdin is not None else []), *arguments]
        child = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE if stdin is not None else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await child.communicate(stdin)
        assert child.returncode == 0, output
        return output

    @property
    def _running(self) -> Process:
        assert self._process, "redis-server was not started"
        return self._process

    async def _answers(self) -> bool:
        assert self._running.exit_code is None, f"redis-server ended: {self._running.output[-5:]}"
        try:
            async with asyncio.timeout(0.5):
                return await self.call("PING") == b"PONG"
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            return False
        except RespError:
            # It loads, or wants a password that only a later call knows.
            await self._drop_admin()
            return True

    async def _drop_admin(self) -> None:
        link, self._admin = self._admin, None
        if link:
            with contextlib.suppress(OSError):
                await link.close()

    def _command(self) -> list[str]:
        settings: dict[str, Any] = {
            "bind": "127.0.0.1",
            "port": self.port,
            "save": "",
            "appendonly": "no",
            "dir": self.folder,
            "unixsocket": self.socket_path,
            **{name.replace("_", "-"): value for name, value in self._settings.items()},
        }
        if self.password and "aclfile" not in settings:
            settings["requirepass"] = self.password
        if self.certificates:
            settings |= {
                "tls-port": self.tls_port,
                "tls-ca-cert-file": self.certificates.ca,
                "tls-cert-file": self.certificates.server,
                "tls-key-file": self.certificates.server_key,
            }
        words = ["redis-server"]
        for name, value in settings.items():
            words += [f"--{name}", str(value)]
        return words
