"""The end of a process with a live server in it: quick, silent, with the status that the program wants."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap

import pytest

BEGIN = """
import asyncio, atexit, logging, os, signal, sys, threading, time
import fanwire
logging.getLogger("fanwire").setLevel(logging.ERROR)
"""

# Each ends with its server running.
PROGRAMS = {
    "the loop is closed": """
        server = fanwire.Server(port=0)
        asyncio.run(server.start())
    """,
    "sys.exit inside the loop": """
        async def main():
            await fanwire.Server(port=0).start()
            sys.exit(0)
        asyncio.run(main())
    """,
    "a loop that is never closed": """
        import warnings
        warnings.simplefilter("ignore")
        loop = asyncio.new_event_loop()
        server = fanwire.Server(port=0)
        loop.run_until_complete(server.start())
    """,
    "blocking": """
        server = fanwire.Server(port=0, on_message=lambda request: None)
        server.start_blocking()
    """,
    "blocking, of which nothing is kept": """
        fanwire.Server(port=0).start_blocking()
    """,
    "many servers": """
        servers = [fanwire.Server(port=0) for _ in range(5)]
        for server in servers:
            server.start_blocking()
    """,
    "a publish under way": """
        server = fanwire.Server(port=0)
        async def main():
            await server.start()
            server.waiting = asyncio.ensure_future(server.publish("a", text="x"))
            await asyncio.sleep(0)
            server.waiting.cancel()
        asyncio.run(main())
    """,
    "daemon threads that publish": """
        server = fanwire.Server(port=0)
        server.start_blocking()
        def publish():
            while True:
                try:
                    server.publish_blocking("a", text="x")
                except fanwire.NotRunningError:
                    pass
        for _ in range(4):
            threading.Thread(target=publish, daemon=True).start()
        time.sleep(0.05)
    """,
    "daemon threads with loops that publish": """
        server = fanwire.Server(port=0)
        server.start_blocking()
        async def publish():
            while True:
                try:
                    await server.publish("a", text="x")
                except fanwire.NotRunningError:
                    await asyncio.sleep(0)
        for _ in range(4):
            threading.Thread(target=lambda: asyncio.run(publish()), daemon=True).start()
        time.sleep(0.05)
    """,
    "a daemon thread that stops it": """
        server = fanwire.Server(port=0)
        server.start_blocking()
        threading.Thread(target=server.stop_blocking, args=(30.0,), daemon=True).start()
    """,
    "a stop of its own at exit": """
        server = fanwire.Server(port=0)
        server.start_blocking()
        atexit.register(server.stop_blocking)
    """,
    "kept alive by a cycle": """
        class Owner:
            pass
        owner = Owner()
        owner.server = fanwire.Server(port=0, on_message=lambda request: owner)
        owner.owner = owner
        owner.server.start_blocking()
    """,
    "kept by a module": """
        sys.modules["keeper"] = fanwire.Server(port=0, on_message=lambda request: None)
        sys.modules["keeper"].start_blocking()
        sys.keeper = sys.modules["keeper"]
    """,
    "start and stop in a hurry": """
        for _ in range(20):
            server = fanwire.Server(port=0)
            server.start_blocking()
            server.stop_blocking()
            server.start_blocking()
    """,
}


def run(program: str, timeout: float = 20, **options) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-X", "faulthandler", "-W", "error", "-c", BEGIN + textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=timeout,
        **options,
    )


@pytest.mark.parametrize("name", PROGRAMS)
def test_ends_with_a_live_server(name):
    ended = run(PROGRAMS[name])
    assert (ended.returncode, ended.stderr) == (0, "")


def test_ends_again_and_again_while_threads_publish():
    for _ in range(10):
        for name in ("daemon threads that publish", "daemon threads with loops that publish"):
            ended = run(PROGRAMS[name])
            assert (ended.returncode, ended.stderr) == (0, ""), name


def test_an_exception_ends_the_program_as_ever():
    ended = run("""
        fanwire.Server(port=0).start_blocking()
        raise LookupError("of the program")
    """)
    assert ended.returncode == 1
    assert ended.stderr.strip().endswith("LookupError: of the program")


# A client of the standard library only, that talks to the server of the program which imports it.
CLIENT = """
import socket
def talk(server):
    made = socket.create_connection(("127.0.0.1", server.port))
    made.sendall(b"GET / HTTP/1.1\\r\\nHost: x\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n"
                 b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\nSec-WebSocket-Version: 13\\r\\n\\r\\n")
    text = b'{"type":"message","roomId":"a","text":"x"}'
    made.sendall(bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text)
    return made
"""


def with_client(program: str) -> str:
    return CLIENT + textwrap.dedent(program)


@pytest.mark.parametrize(
    "hook",
    [
        "def hook(request):\n    asked.set()\n    time.sleep(60)",
        "async def hook(request):\n    asked.set()\n    await asyncio.Event().wait()",
    ],
    ids=["plain", "async"],
)
def test_ends_while_a_hook_hangs(hook):
    program = f"""
asked = threading.Event()
{hook}
server = fanwire.Server(port=0, on_message=hook, hook_timeout=0.5)
server.start_blocking()
client = talk(server)
asked.wait()
client.close()
"""
    ended = run(CLIENT + program)
    assert ended.returncode == 0
    assert "Fatal" not in ended.stderr and "terminate" not in ended.stderr


def test_ends_with_requests_that_nobody_takes():
    """The loop is closed with the server alive, so that hooks are asked for and never run."""
    ended = run(
        with_client("""
        server = fanwire.Server(port=0, on_message=lambda request: None, hook_timeout=0.5)
        asyncio.run(server.start())
        client = talk(server)
        deadline = time.monotonic() + 10
        while server.stats().hook_timeouts == 0 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert server.stats().hook_timeouts == 1
        client.close()
        """)
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def test_an_interrupt_in_a_hook_ends_the_program():
    ended = run(
        with_client("""
        def interrupt(request):
            raise KeyboardInterrupt
        async def main():
            async with fanwire.Server(port=0, on_message=interrupt) as server:
                client = talk(server)
                try:
                    await asyncio.sleep(60)
                finally:
                    client.close()
        try:
            asyncio.run(main())
        except KeyboardInterrupt:
            print("interrupted")
        """)
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "interrupted\n", "")


async def test_an_interrupt_of_a_blocking_program_ends_it():
    program = (
        BEGIN + "with fanwire.Server(port=0) as server:\n    print('up', flush=True)\n    time.sleep(60)\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert await process.stdout.readline() == b"up\n"
    os.kill(process.pid, signal.SIGINT)
    _, errors = await process.communicate()
    assert process.returncode == -signal.SIGINT
    assert errors.strip().endswith(b"KeyboardInterrupt")


def test_the_threads_of_the_core_take_no_signals():
    ended = run("""
        got = []
        signal.signal(signal.SIGUSR1, lambda *_: got.append(threading.current_thread()))
        with fanwire.Server(port=0, shards=2) as server:
            for _ in range(50):
                os.kill(os.getpid(), signal.SIGUSR1)
                time.sleep(0.001)
        assert got and set(got) == {threading.main_thread()}
    """)
    assert (ended.returncode, ended.stderr) == (0, "")
