"""A server in a forked child: never hangs, always says so."""

import asyncio
import contextlib
import os
import time
from collections.abc import Callable

import fanwire
import pytest

OK, WRONG = 0, 70


def in_child(work: Callable[[], None], timeout: float = 20.0) -> None:
    """Runs `work` in a forked child, which must come to its end in time and without an exception."""
    child = os.fork()
    if child == 0:
        status = WRONG
        with contextlib.suppress(BaseException):
            work()
            status = OK
        os._exit(status)
    deadline = time.monotonic() + timeout
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break
        if time.monotonic() > deadline:
            os.kill(child, 9)
            os.waitpid(child, 0)
            pytest.fail("the child hung")
        time.sleep(0.005)
    assert os.waitstatus_to_exitcode(status) == OK


def refuses(work: Callable[[], object]) -> None:
    try:
        work()
    except fanwire.ForkedError as error:
        assert error.code == "forked"
    else:
        raise AssertionError("it did not refuse")


def test_everything_refuses_in_the_child():
    with fanwire.Server(port=0) as server:

        def use() -> None:
            assert not server.is_running
            refuses(lambda: server.port)
            refuses(lambda: server.url)
            refuses(server.stats)
            refuses(server.start_blocking)
            refuses(server.stop_blocking)
            refuses(lambda: server.publish_blocking("a", text="x"))
            refuses(lambda: server.publish_raw_blocking("a", b"x"))
            refuses(lambda: server.send_blocking("1-1", "x"))
            refuses(lambda: asyncio.run(server.start()))
            refuses(lambda: asyncio.run(server.stop()))
            refuses(lambda: asyncio.run(server.publish("a", text="x")))
            refuses(lambda: asyncio.run(server.publish_raw("a", b"x")))
            refuses(lambda: asyncio.run(server.send("1-1", "x")))

        in_child(use)
        assert server.publish_blocking("a", text="x") == (False, False)


def test_a_child_drops_its_copy_and_starts_its_own():
    server = fanwire.Server(port=0)
    server.start_blocking()
    holder = [server]

    def use() -> None:
        holder.clear()
        nonlocal server
        del server
        with fanwire.Server(port=0) as own:
            own.publish_blocking("a", text="x")

    in_child(use)
    holder[0].stop_blocking()


def test_a_server_that_was_only_made_starts_in_each_child():
    server = fanwire.Server(port=0)

    def use() -> None:
        with server:
            server.publish_blocking("a", text="x")

    for _ in range(3):
        in_child(use)


async def test_a_fork_in_the_middle_of_hooks_hurts_neither(connect, until):
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def wait(request):
        asked.set()
        await go_on.wait()

    async with fanwire.Server(port=0, on_message=wait) as server, connect(server) as client:
        await client.send("message", roomId="a", text="x", id="first")
        await asked.wait()
        for _ in range(20):
            # The child throws away requests, replies and tasks that belong to the parent.
            in_child(lambda: fanwire.Server(port=0).start_blocking())
        go_on.set()
        assert (await client.receive())["type"] == "ack"


def test_a_child_ends_by_itself_with_its_parents_server_in_it():
    with fanwire.Server(port=0) as server:
        child = os.fork()
        if child == 0:
            # As a worker of multiprocessing ends: Python's own exit would run pytest's.
            import atexit
            import gc

            atexit._run_exitfuncs()
            gc.collect()
            os._exit(OK)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == OK
        assert server.is_running
