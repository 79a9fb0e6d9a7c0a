"""Child processes that are always ended, each by its own process id."""

import asyncio
import contextlib
import ctypes
import re
import signal
import socket
from collections.abc import Sequence
from pathlib import Path

from .waiting import DEADLINE, until

ROOT = Path(__file__).resolve().parents[3]
_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


def free_port() -> int:
    """A TCP port of the loopback interface that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _die_with_parent() -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """A child whose output is kept. It also dies when the test run is killed."""

    def __init__(self, name: str, child: asyncio.subprocess.Process) -> None:
        self.name = name
        self.output: list[str] = []
        self.errors: list[str] = []
        self.is_stopped = False
        self._child = child
        self._pumps = [
            asyncio.create_task(self._keep(child.stdout, self.output)),
            asyncio.create_task(self._keep(child.stderr, self.errors)),
        ]

    @classmethod
    async def start(
        cls, name: str, command: Sequence[str], environment: dict[str, str] | None = None
    ) -> "Process":
        child = await asyncio.create_subprocess_exec(
            *command,
            cwd=ROOT,
            env=environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            preexec_fn=_die_with_parent,
        )
        return cls(name, child)

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def exit_code(self) -> int | None:
        return self._child.returncode

    async def say(self, line: str) -> None:
        """Writes a line to its standard input."""
        assert self._child.stdin
        self._child.stdin.write(line.encode() + b"\n")
        await self._child.stdin.drain()

    async def line(self, pattern: str, deadline: float = DEADLINE) -> re.Match[str]:
        """The first line of standard output that `pattern` matches. On failure the process is ended."""

        def matching() -> re.Match[str] | None:
            assert self.exit_code is None, f"{self.name} ended with {self.exit_code}: {self.errors[-20:]}"
            return next((found for line in self.output if (found := re.search(pattern, line))), None)

        try:
            match: re.Match[str] = await until(matching, f"{self.name} printed {pattern!r}", deadline)
        except BaseException:
            await self.kill()
            raise
        return match

    async def until_output(self, lines: int) -> None:
        await until(lambda: len(self.output) >= lines, f"{self.name} has written {lines} lines")

    def freeze(self) -> None:
        """SIGSTOP; returns once the kernel shows the process as stopped."""
        self._child.send_signal(signal.SIGSTOP)
        self.is_stopped = True

    def thaw(self) -> None:
        self._child.send_signal(signal.SIGCONT)
        self.is_stopped = False

    def state(self) -> str:
        """The kernel's letter for the state of the process: T is stopped."""
        return Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()[0]

    async def stop(self, deadline: float = DEADLINE) -> int:
        """SIGTERM and the exit code; a process that does not end in time is killed, and that is a failure."""
        if self.exit_code is None:
            if self.is_stopped:
                self.thaw()
            self._child.terminate()
            try:
                async with asyncio.timeout(deadline):
                    await self._child.wait()
            except TimeoutError:
                await self.kill()
                raise AssertionError(f"{self.name} did not end within {deadline:g} s") from None
        await asyncio.gather(*self._pumps)
        assert self.exit_code is not None
        return self.exit_code

    async def kill(self) -> None:
        """SIGKILL, which also ends a stopped process."""
        if self.exit_code is None:
            with contextlib.suppress(ProcessLookupError):
                self._child.kill()
            await self._child.wait()
        await asyncio.gather(*self._pumps)

    @staticmethod
    async def _keep(stream: asyncio.StreamReader | None, lines: list[str]) -> None:
        assert stream
        while line := await stream.readline():
            lines.append(line.decode(errors="replace").rstrip("\n"))
