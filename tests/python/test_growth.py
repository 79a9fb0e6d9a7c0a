"""A thousand lives of a server leave nothing behind."""

import asyncio
import gc
import threading
from pathlib import Path

import fanwire
import pytest


def resident_kib() -> int:
    return next(
        int(line.split()[1])
        for line in Path("/proc/self/status").read_text().splitlines()
        if line.startswith("VmRSS")
    )


def threads_of_the_process() -> int:
    return sum(1 for _ in Path("/proc/self/task").iterdir())


def descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def measured() -> tuple[int, int, int]:
    gc.collect()
    return resident_kib(), threads_of_the_process(), descriptors()


async def live_once() -> None:
    server = fanwire.Server(port=0, on_message=lambda request: None)
    async with server:
        await server.publish("chat:1", text="hi")


def live_once_blocking() -> None:
    with fanwire.Server(port=0, on_message=lambda request: None) as server:
        server.publish_blocking("chat:1", text="hi")


async def many(count: int) -> None:
    for _ in range(count):
        await live_once()


def many_loops(count: int) -> None:
    for _ in range(count):
        asyncio.run(live_once())


def many_blocking(count: int) -> None:
    for _ in range(count):
        live_once_blocking()


def many_of_one(count: int) -> None:
    server = fanwire.Server(port=0)

    async def restart() -> None:
        for _ in range(count):
            await server.start()
            await server.stop()

    asyncio.run(restart())


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "live",
    [lambda count: asyncio.run(many(count)), many_loops, many_blocking, many_of_one],
    ids=["one loop", "a loop each", "blocking", "one server"],
)
def test_a_thousand_starts_and_stops_leave_nothing(live):
    live(100)
    memory, threads, open_files = measured()
    live(1000)
    later_memory, later_threads, later_open_files = measured()
    assert later_threads <= threads
    assert later_open_files <= open_files
    assert later_memory - memory < 4096, f"{later_memory - memory} KiB more"
    assert threading.active_count() == 1
