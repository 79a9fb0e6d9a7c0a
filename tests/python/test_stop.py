"""Stopping: twice, from several places at once, and from inside hooks."""

import asyncio
import threading
import time

import fanwire
import pytest


async def test_stops_twice():
    server = fanwire.Server(port=0)
    await server.stop()
    await server.start()
    await server.stop()
    await server.stop()
    server.stop_blocking()
    assert not server.is_running


async def test_stops_from_many_places_at_once():
    server = fanwire.Server(port=0)
    for _ in range(20):
        await server.start()
        threads = [threading.Thread(target=server.stop_blocking) for _ in range(4)]
        for thread in threads:
            thread.start()
        await asyncio.gather(*(server.stop() for _ in range(4)))
        assert not server.is_running
        for thread in threads:
            await asyncio.to_thread(thread.join)


async def test_clients_are_told_that_the_server_goes_away(connect):
    server = fanwire.Server(port=0)
    await server.start()
    async with connect(server) as client:
        await client.ask("ping")
        stopping = asyncio.create_task(server.stop())
        assert (await client.closed())[0] == 1001
        await stopping


async def test_a_stop_at_once_cuts_a_drain_short(connect):
    server = fanwire.Server(port=0)
    await server.start()
    async with connect(server), connect(server), connect(server), connect(server):
        begun = time.monotonic()
        draining = asyncio.create_task(server.stop(60))
        while server.is_running:
            await asyncio.sleep(0.001)
        await server.stop()
        await draining
        assert time.monotonic() - begun < 10


async def test_a_blocking_stop_at_once_cuts_a_drain_short(connect):
    server = fanwire.Server(port=0)
    await server.start()
    async with connect(server), connect(server), connect(server), connect(server):
        begun = time.monotonic()
        draining = asyncio.create_task(server.stop(60))
        while server.is_running:
            await asyncio.sleep(0.001)
        await asyncio.to_thread(server.stop_blocking)
        await draining
        assert time.monotonic() - begun < 10


async def test_a_cancelled_stop_goes_on(connect, until):
    server = fanwire.Server(port=0)
    await server.start()
    async with connect(server) as client:
        stopping = asyncio.create_task(server.stop())
        await asyncio.sleep(0)
        stopping.cancel()
        with pytest.raises(asyncio.CancelledError):
            await stopping
        assert (await client.closed())[0] == 1001
    await server.stop()
    assert not server.is_running


@pytest.mark.parametrize("name", ["on_connect", "on_message"])
async def test_stops_from_inside_a_plain_hook(connect, until, name):
    server = fanwire.Server(port=0)

    def stop(request):
        server.stop_blocking()
        server.stop_blocking()

    getattr(server, name)(stop)
    await server.start()
    with pytest.raises(Exception):  # noqa: B017, PT011  # whatever a client makes of a server that leaves
        async with connect(server) as client:
            await client.say("chat:1", "hi")
            await client.receive()
    await until(lambda: not server.is_running)
    await server.stop()


@pytest.mark.parametrize("name", ["on_connect", "on_message"])
async def test_stops_from_inside_an_async_hook_which_lives_on(connect, until, name):
    server = fanwire.Server(port=0)
    ended = []

    async def stop(request):
        await server.stop()
        await server.stop()
        await asyncio.sleep(0)
        ended.append(server.is_running)

    getattr(server, name)(stop)
    await server.start()
    with pytest.raises(Exception):  # noqa: B017, PT011
        async with connect(server) as client:
            await client.say("chat:1", "hi")
            await client.receive()
    await until(lambda: ended == [False])


async def test_stops_from_a_task_that_a_hook_started(connect, until):
    server = fanwire.Server(port=0)
    ended = []

    async def stop(request):
        try:
            await asyncio.create_task(server.stop())
        finally:
            ended.append(True)

    server.on_message(stop)
    await server.start()
    async with connect(server) as client:
        await client.send("message", roomId="chat:1", text="hi")
        assert (await client.closed())[0] == 1001
    await until(lambda: ended == [True])
    assert not server.is_running


@pytest.mark.parametrize("is_async", [False, True])
async def test_stops_from_inside_a_hook_on_the_servers_own_thread(connect, until, is_async):
    server = fanwire.Server(port=0)
    ended = []

    def stop(request):
        server.stop_blocking()
        ended.append(threading.current_thread())

    async def stop_async(request):
        await server.stop()
        await asyncio.sleep(0)
        ended.append(threading.current_thread())

    server.on_message(stop_async if is_async else stop)
    server.start_blocking()
    async with connect(server) as client:
        await client.send("message", roomId="chat:1", text="hi")
        assert (await client.closed())[0] == 1001
    await until(lambda: ended and not ended[0].is_alive())
    assert not server.is_running
    with server:
        assert server.is_running


@pytest.mark.parametrize("is_blocking", [False, True])
async def test_hooks_that_still_run_are_cancelled(connect, until, is_blocking):
    asked, ended = asyncio.Event(), []

    async def hang(request):
        asked.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0)  # what closes a database session
            ended.append("cancelled")
            raise

    server = fanwire.Server(port=0, on_message=hang)
    await server.start()
    async with connect(server) as client:
        await client.send("message", roomId="chat:1", text="hi")
        await asked.wait()
        if is_blocking:
            server.stop_blocking()
            await until(lambda: ended)
        else:
            await server.stop()
    assert ended == ["cancelled"]


async def test_what_waits_for_a_plain_hook_at_a_stop_is_not_asked(connect):
    asked = []
    server = fanwire.Server(port=0)

    @server.on_message
    def stop(request):
        asked.append(request.text)
        server.stop_blocking()

    await server.start()
    async with connect(server) as client:
        for n in range(10):
            await client.send("message", roomId="chat:1", text=n)
        await client.closed()
    await asyncio.sleep(0)
    assert asked == [0]


async def test_a_hook_that_never_ends_does_not_hold_up_the_stop_of_a_blocking_server(connect):
    asked = threading.Event()

    async def hang(request):
        asked.set()
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                continue

    server = fanwire.Server(port=0, on_message=hang, hook_timeout=0.2)
    server.start_blocking()
    async with connect(server) as client:
        await client.send("message", roomId="chat:1", text="hi")
        await asyncio.to_thread(asked.wait)
        begun = time.monotonic()
        await asyncio.to_thread(server.stop_blocking)
        assert time.monotonic() - begun < 5
