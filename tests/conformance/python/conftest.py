"""Servers for other people's Python clients: started by the suite, ended by their process id."""

import os
import re
import selectors
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
BUILD = ROOT / os.environ.get("FANWIRE_BUILD", "build/dev")
DEADLINE = 20.0


def address_line(process: subprocess.Popen[str], pattern: str) -> re.Match[str]:
    """Waits for the line of output that names the address."""
    assert process.stdout
    deadline = time.monotonic() + DEADLINE
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while selector.select(max(0.0, deadline - time.monotonic())):
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(f"{process.args} ended with {process.wait()}")
            if match := re.search(pattern, line):
                return match
    raise RuntimeError(f"{process.args} printed no address")


def running(command: list[str], pattern: str) -> Iterator[str]:
    """The WebSocket address of a server that runs while the fixture does."""
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield f"ws://127.0.0.1:{address_line(process, pattern)[1]}/"
    finally:
        process.terminate()
        try:
            process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


@pytest.fixture(scope="module", params=["epoll", "asio"])
def echo_url(request: pytest.FixtureRequest) -> Iterator[str]:
    command = [str(BUILD / "tests/echo_server"), "--port", "0", "--poller", request.param]
    yield from running(command, r"listening.*?(\d+)$")


@pytest.fixture(scope="module")
def server_url() -> Iterator[str]:
    command = os.environ.get("FANWIRE_SERVER_CMD", str(BUILD / "core/fanwired")).split()
    yield from running([*command, "--port", "0", "--drain-timeout", "100ms"], r"listening on ws://.*:(\d+)/")
