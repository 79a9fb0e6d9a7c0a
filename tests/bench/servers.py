"""The servers that are measured: how each is installed and started."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from workloads import Workload

ROOT = Path(__file__).resolve().parents[2]
PEERS = Path(__file__).resolve().parent / "peers"
INSTALLED = ROOT / "build" / "bench"
TEXTBOOK_SERVER = ROOT / "tests" / "support" / "redis" / "textbook_server.mjs"
TEXTBOOK = "ws+ioredis"


class Unavailable(Exception):
    """A server cannot be measured here; the text says why."""


@dataclass(frozen=True)
class Server:
    name: str
    what: str
    command: Callable[[int], list[str]]
    """From the port."""
    raw_command: Callable[[int], list[str]] | None = None
    """Where the raw echo is another program's."""
    redis_command: Callable[[int, str], list[str]] | None = None
    """From the port and the URL of Redis, for who can share one."""
    prepare: Callable[[], None] = lambda: None
    """Installs it. Exceptions: Unavailable."""
    environment: dict[str, str] = field(default_factory=dict)

    def takes(self, workload: Workload) -> bool:
        if workload.only_fanwire and self.name != "fanwire":
            return False
        can_share = self.redis_command is not None
        return can_share if workload.through != "memory" else self.name != TEXTBOOK


def program(build: Path, name: str) -> Path:
    found = [path for path in sorted(build.rglob(name)) if path.is_file() and os.access(path, os.X_OK)]
    if not found:
        raise Unavailable(f"there is no {name} in {build}")
    return found[0]


def run_step(what: str, *command: str | Path) -> None:
    try:
        done = subprocess.run(
            command,
            cwd=INSTALLED,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{what}: {error}") from None
    if done.returncode != 0:
        last = (done.stdout.strip() or "no output").splitlines()[-1]
        raise Unavailable(f"{what} failed: {last}")


def is_current(wanted: Path, stamp: Path) -> bool:
    return stamp.exists() and stamp.read_bytes() == wanted.read_bytes()


def install_npm() -> None:
    wanted, stamp = PEERS / "package.json", INSTALLED / ".npm.stamp"
    if is_current(wanted, stamp):
        return
    INSTALLED.mkdir(parents=True, exist_ok=True)
    shutil.copy(wanted, INSTALLED / "package.json")
    run_step("npm install", "npm", "install", "--no-audit", "--no-fund")
    shutil.copy(wanted, stamp)


def install_pip() -> None:
    wanted, stamp, venv = PEERS / "requirements.txt", INSTALLED / ".pip.stamp", INSTALLED / "venv"
    if is_current(wanted, stamp):
        return
    INSTALLED.mkdir(parents=True, exist_ok=True)
    run_step("making a venv", sys.executable, "-m", "venv", "--clear", venv)
    run_step("pip install", venv / "bin" / "pip", "install", "--quiet", "-r", wanted)
    run_step("importing socketify", venv / "bin" / "python", "-c", "import socketify")
    shutil.copy(wanted, stamp)


def peers() -> dict[str, Server]:
    bun = str(INSTALLED / "node_modules" / ".bin" / "bun")
    python = str(INSTALLED / "venv" / "bin" / "python")
    modules = {"NODE_PATH": str(INSTALLED / "node_modules")}
    listed = [
        Server(
            "bun",
            "Bun's own server, uWebSockets underneath",
            lambda port: [bun, str(PEERS / "bun_server.js"), str(port)],
            prepare=install_npm,
        ),
        Server(
            "socketify",
            "socketify for Python, uWebSockets underneath",
            lambda port: [python, str(PEERS / "socketify_server.py"), str(port)],
            prepare=install_pip,
        ),
        Server(
            "ws",
            "the textbook Node server without Redis",
            lambda port: ["node", str(PEERS / "ws_textbook.mjs"), str(port)],
            prepare=install_npm,
            environment=modules,
        ),
        Server(
            TEXTBOOK,
            "the textbook Node server, its rooms on Redis",
            lambda port: [],
            redis_command=lambda port, url: ["node", str(TEXTBOOK_SERVER), url, str(port)],
        ),
    ]
    return {server.name: server for server in listed}


def fanwire(build: Path, options: list[str]) -> Server:
    def prepare() -> None:
        program(build, "fanwired")

    def command(port: int) -> list[str]:
        return [str(program(build, "fanwired")), "--host", "127.0.0.1", "--port", str(port), *options]

    def raw_command(port: int) -> list[str]:
        return [str(program(build, "echo_server")), "--port", str(port)]

    def redis_command(port: int, url: str) -> list[str]:
        return [*command(port), "--redis", url]

    return Server("fanwire", "fanwired, one shard", command, raw_command, redis_command, prepare)
