"""The servers that are measured: how each is installed, started and stopped."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PEERS = Path(__file__).resolve().parent / "peers"
INSTALLED = ROOT / "build" / "bench"
SERVER_CORE, GENERATOR_CORE = 0, 1
START_SECONDS = 15


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
    prepare: Callable[[], None] = lambda: None
    """Installs it. Exceptions: Unavailable."""
    environment: dict[str, str] = field(default_factory=dict)


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
    ]
    return {server.name: server for server in listed}


def fanwire(build: Path, options: list[str]) -> Server:
    def prepare() -> None:
        program(build, "fanwired")

    def command(port: int) -> list[str]:
        return [str(program(build, "fanwired")), "--host", "127.0.0.1", "--port", str(port), *options]

    def raw_command(port: int) -> list[str]:
        return [str(program(build, "echo_server")), "--port", str(port)]

    return Server("fanwire", "fanwired, one shard", command, raw_command, prepare)


def enter_core(core: int) -> Callable[[], None]:
    """What a child does first: it takes its core and, where it may, goes before all else on the machine."""

    def enter() -> None:
        if (os.cpu_count() or 1) > 1:
            os.sched_setaffinity(0, {core})
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, -20)
        # Where the kernel groups processes by session, `nice` counts inside of the session only.
        with suppress(OSError):
            Path("/proc/self/autogroup").write_text("-20")

    return enter


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert isinstance(port, int)
    return port


def wait_until_it_listens(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    said = log.read_text(errors="replace").strip().splitlines()[-1:] or ["and said nothing"]
    ended = "did not listen in time" if process.poll() is None else f"ended with {process.returncode}"
    raise Unavailable(f"{ended}: {said[0]}")


@contextmanager
def running(server: Server, raw: bool) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The server on its core, for one measurement: yields its process and its port."""
    port = free_port()
    command = server.raw_command if raw and server.raw_command else server.command
    INSTALLED.mkdir(parents=True, exist_ok=True)
    log = INSTALLED / f"{server.name}.log"
    with log.open("wb") as output:
        try:
            process = subprocess.Popen(
                command(port),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **server.environment},
                start_new_session=True,
                preexec_fn=enter_core(SERVER_CORE),
            )
        except OSError as error:
            raise Unavailable(str(error)) from None
    try:
        wait_until_it_listens(process, port, log)
        yield process, port
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
