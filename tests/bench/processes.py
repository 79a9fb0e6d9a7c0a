"""The processes of one measurement: started on the servers' core, and always ended."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from servers import INSTALLED, Server, Unavailable
from workloads import Workload

SERVER_CORE, GENERATOR_CORE = 0, 1
START_SECONDS = 15
SUBSCRIBED_SECONDS = 5
BUS_THREAD = "fanwire-bus"


@dataclass(frozen=True)
class Setup:
    servers: list[subprocess.Popen[bytes]]
    """Whose CPU time counts. The first has the publishers, if they are no members."""
    others: list[subprocess.Popen[bytes]]
    options: list[str]
    """Of the load generator: where to connect, and whom to watch."""


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
def process(
    name: str, command: list[str], port: int, more: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Runs on the servers' core, listens on the port, and is ended."""
    INSTALLED.mkdir(parents=True, exist_ok=True)
    log = INSTALLED / f"{name}.log"
    with log.open("wb") as output:
        try:
            started = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **more},
                start_new_session=True,
                preexec_fn=enter_core(SERVER_CORE),
            )
        except OSError as error:
            raise Unavailable(str(error)) from None
    try:
        wait_until_it_listens(started, port, log)
        yield started
    finally:
        started.send_signal(signal.SIGTERM)
        try:
            started.wait(5)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


def redis_command(port: int) -> list[str]:
    fixed = {"bind": "127.0.0.1", "port": str(port), "save": "", "appendonly": "no", "dir": str(INSTALLED)}
    return ["redis-server", *(word for name, value in fixed.items() for word in (f"--{name}", value))]


def wait_until_subscribed(redis_port: int, servers: int) -> None:
    """Each server hears the channel of broadcasts once it is on Redis, and may take clients before."""
    deadline = time.monotonic() + SUBSCRIBED_SECONDS
    while time.monotonic() < deadline:
        with socket.create_connection(("127.0.0.1", redis_port), timeout=1) as asking:
            asking.sendall(b"PUBSUB NUMSUB broadcast\r\n")
            if asking.recv(256).endswith(b":%d\r\n" % servers):
                return
        time.sleep(0.02)
    raise Unavailable("did not subscribe to Redis in time")


@contextmanager
def running(server: Server, workload: Workload) -> Iterator[Setup]:
    """All that one measurement needs, started anew."""
    with ExitStack() as stack:

        def start(name: str, command: list[str], port: int) -> subprocess.Popen[bytes]:
            return stack.enter_context(process(name, command, port, server.environment))

        if workload.through == "memory":
            port = free_port()
            command = server.raw_command if workload.raw and server.raw_command else server.command
            yield setup_of([start(server.name, command(port), port)], [], [port])
            return
        assert server.redis_command
        redis_port = free_port()
        redis = start("redis", redis_command(redis_port), redis_port)
        ports = [free_port() for _ in range(2 if workload.through == "two instances" else 1)]
        url = f"redis://127.0.0.1:{redis_port}"
        servers = [
            start(f"{server.name}-{number}", server.redis_command(port, url), port)
            for number, port in enumerate(ports)
        ]
        wait_until_subscribed(redis_port, len(servers))
        yield setup_of(servers, [redis], ports)


def setup_of(
    servers: list[subprocess.Popen[bytes]], others: list[subprocess.Popen[bytes]], ports: list[int]
) -> Setup:
    options = ["--port", str(ports[-1])]
    if len(ports) > 1:
        options += ["--publish-port", str(ports[0]), "--thread", BUS_THREAD]
    for one in servers:
        options += ["--server-pid", str(one.pid)]
    return Setup(servers, others, options)
