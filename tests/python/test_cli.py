"""The command `fanwire`, as people and supervisors run it."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import urllib.request

import fanwire
import pytest
from fanwire._bridge import option_table

COMMAND = [sys.executable, "-m", "fanwire"]
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("FANWIRE_")}


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        timeout=20,
        env={**ENVIRONMENT, **environment},
    )


@contextlib.asynccontextmanager
async def serving(*arguments: str, lines: int = 2, **environment: str):
    """A running `fanwire serve` and the first lines of its output."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        "serve",
        *arguments,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**ENVIRONMENT, **environment},
    )
    try:
        async with asyncio.timeout(20):
            output = [(await process.stdout.readline()).decode() for _ in range(lines)]
        yield process, output
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def end_of(process: asyncio.subprocess.Process) -> tuple[int, str, str]:
    async with asyncio.timeout(20):
        output, errors = await process.communicate()
    return process.returncode, output.decode(), errors.decode()


class Elsewhere:
    """A server in another process, as far as clients need to know it."""

    def __init__(self, output: list[str]) -> None:
        self.url = output[0].split()[-1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_serves_until_a_signal(connect, number):
    async with serving("--port", "0") as (process, output):
        port = output[0].strip().rsplit(":", 1)[1].strip("/")
        assert output[0] == f"fanwire: listening on ws://127.0.0.1:{port}/\n"
        assert output[1] == f"fanwire: demo at http://127.0.0.1:{port}/demo\n"
        async with connect(Elsewhere(output)) as client:
            await client.join("chat:1")
        process.send_signal(number)
        status, rest, _ = await end_of(process)
    assert (status, rest) == (0, "")


async def test_shows_the_demo_unless_it_is_turned_off():
    async with serving("--port=0") as (_, output):
        page = await asyncio.to_thread(lambda: urllib.request.urlopen(output[1].split()[-1]).read())
        assert b"<html" in page
    async with serving("--port=0", "--no-demo", lines=1) as (process, output):
        url = output[0].split()[-1].replace("ws", "http", 1) + "demo"
        with pytest.raises(urllib.error.HTTPError):
            await asyncio.to_thread(urllib.request.urlopen, url)
        process.terminate()
        assert (await end_of(process))[:2] == (0, "")


async def test_logs_to_stderr():
    async with serving("--port=0") as (process, _):
        process.terminate()
        _, _, errors = await end_of(process)
    assert "fanwire: warning: " in errors


async def test_a_signal_drains(connect):
    async with serving("--port=0", "--drain-timeout=0.2") as (process, output):
        async with connect(Elsewhere(output)) as client:
            await client.ask("ping")
            process.terminate()
            assert (await client.closed())[0] in (1001, 1012)
        assert (await end_of(process))[0] == 0


async def test_a_second_signal_ends_at_once(connect, until):
    async with serving("--port=0", "--drain-timeout=1h") as (process, output):
        server = Elsewhere(output)
        async with contextlib.AsyncExitStack() as stack:
            for _ in range(4):
                await stack.enter_async_context(connect(server))
            process.send_signal(signal.SIGINT)
            await until(lambda: not accepts(server.url))
            process.send_signal(signal.SIGTERM)
            assert (await end_of(process))[0] == -signal.SIGTERM


def accepts(url: str) -> bool:
    host, port = url.removeprefix("ws://").strip("/").split(":")
    with contextlib.suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
        return True
    return False


async def test_options_come_from_the_environment_too():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
    async with serving(FANWIRE_PORT=port) as (_, output):
        assert output[0] == f"fanwire: listening on ws://127.0.0.1:{port}/\n"
    async with serving("--port=0", FANWIRE_PORT="1", FANWIRE_MAX_ROOMS="") as (_, output):
        assert output[0] != "fanwire: listening on ws://127.0.0.1:1/\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--port", "many"], ["port", "many"]),
        (["--port", "65536"], ["port", "65536"]),
        (["--max-message-in-bytes", "64 parsecs"], ["max_message_in_bytes", "64 parsecs"]),
        (["--heartbeat-interval=1ms"], ["heartbeat_interval", "is 1,"]),
        (["--hook-timeout="], ["hook_timeout"]),
        (["--prot", "1"], ["--prot"]),
        (["--por", "1"], ["--por"]),
        (["--port"], ["--port"]),
    ],
)
def test_a_wrong_option_is_named_with_its_value(arguments, words):
    ended = run("serve", *arguments)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert all(word in ended.stderr for word in words), ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_wrong_variable_is_named_with_its_value():
    ended = run("serve", FANWIRE_MAX_ROOMS="lots")
    assert ended.returncode == 2
    assert "FANWIRE_MAX_ROOMS" in ended.stderr and "lots" in ended.stderr


def test_says_where_it_cannot_listen():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = run("serve", "--port", port)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert port in ended.stderr and "127.0.0.1" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_tells_its_version():
    ended = run("--version")
    assert (ended.returncode, ended.stdout) == (0, f"fanwire {fanwire.__version__}\n")


def test_wants_a_command():
    ended = run()
    assert ended.returncode == 2
    assert "serve" in ended.stderr


def test_help_shows_every_option_with_its_default():
    ended = run("serve", "--help")
    assert ended.returncode == 0
    text = " ".join(ended.stdout.split())
    for entry in option_table():
        assert f" --{entry['name'].replace('_', '-')} " in text
        assert f"{entry['help']} (default " in text
        assert not entry["zero"] or f"0: {entry['zero']})" in text
    assert "default 64KiB, from 1KiB to 64MiB" in text
    assert "default 25s, from 100ms to 1h" in text
