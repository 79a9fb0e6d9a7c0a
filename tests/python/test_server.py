"""A server's life as its host sees it."""

import asyncio
import socket

import fanwire
import pytest


async def test_serves_between_enter_and_exit(connect):
    async with fanwire.Server(port=0) as server:
        assert server.is_running
        assert server.url == f"ws://127.0.0.1:{server.port}/"
        async with connect(server) as client:
            await client.join("chat:1")
            assert server.stats().connections == 1
            assert server.stats().members == 1
    assert not server.is_running
    assert server.port == 0
    assert server.url == ""


async def test_serves_without_a_loop_of_the_hosts(connect):
    with fanwire.Server(port=0) as server:
        async with connect(server) as client:
            await client.join("chat:1")
            await asyncio.to_thread(server.publish_blocking, "chat:1", text="hi")
            assert (await client.receive())["text"] == "hi"
    assert not server.is_running


def test_is_nothing_before_its_start():
    server = fanwire.Server()
    assert not server.is_running
    assert server.port == 0
    assert server.url == ""
    assert server.stats() == fanwire.Stats()
    assert repr(server) == "<fanwire.Server not running>"


async def test_starts_again_after_a_stop(connect):
    server = fanwire.Server(port=0)
    for _ in range(3):
        await server.start()
        async with connect(server) as client:
            await client.join("chat:1")
        await server.stop()


async def test_a_start_while_running_changes_nothing(connect):
    async with fanwire.Server(port=0) as server:
        port = server.port
        await server.start()
        server.start_blocking()
        assert server.port == port


async def test_a_start_waits_for_the_stop_that_is_under_way(connect):
    server = fanwire.Server(port=0)
    await server.start()
    async with connect(server):
        stopping = asyncio.create_task(server.stop(0.3))
        await asyncio.sleep(0)
        await server.start()
        assert stopping.done() or not stopping.cancelled()
        assert server.is_running
        await stopping
    await server.stop()


async def test_changes_between_both_forms():
    server = fanwire.Server(port=0)
    await server.start()
    server.stop_blocking()
    server.start_blocking()
    assert server.is_running
    await server.stop()
    assert not server.is_running


async def test_says_why_it_cannot_listen():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = fanwire.Server(port=port)
        with pytest.raises(OSError, match=f"127.0.0.1, port {port}") as caught:
            await server.start()
        assert caught.value.errno is not None
        with pytest.raises(OSError, match=str(port)):
            server.start_blocking()
    assert not server.is_running
    await server.start()
    await server.stop()


async def test_two_servers_share_a_loop(connect):
    first, second = fanwire.Server(port=0), fanwire.Server(port=0)
    async with first, second, connect(first) as client, connect(second) as other:
        await client.join("chat:1")
        await other.join("chat:1")
        await first.publish("chat:1", text="first")
        await second.publish("chat:1", text="second")
        assert (await client.receive())["text"] == "first"
        assert (await other.receive())["text"] == "second"


async def test_several_shards_serve_one_room(connect):
    server = fanwire.Server(port=0, shards=2)
    async with server, connect(server) as one, connect(server) as two, connect(server) as three:
        for client in (one, two, three):
            await client.join("chat:1")
        await server.publish("chat:1", text="hi")
        for client in (one, two, three):
            assert (await client.receive())["text"] == "hi"


def test_an_unknown_option_is_an_unexpected_argument():
    with pytest.raises(TypeError, match="prot"):
        fanwire.Server(prot=8080)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", 65536),
        ("port", -1),
        ("port", 10**30),
        ("port", "many"),
        ("max_message_in_bytes", 1),
        ("hook_timeout", 0.001),
        ("hook_timeout", -5),
        ("hook_timeout", float("nan")),
        ("hook_timeout", float("inf")),
        ("heartbeat_interval", 1e-9),
        ("reuse_port", 1),
        ("host", 5),
    ],
)
def test_a_wrong_value_names_its_option(name, value):
    with pytest.raises(ValueError, match=name):
        fanwire.Server(**{name: value})


@pytest.mark.parametrize(
    ("name", "value"), [("port", {}), ("port", 1.5), ("hook_timeout", []), ("origins", [1])]
)
def test_a_value_of_no_kind_names_its_option(name, value):
    with pytest.raises(TypeError, match=name):
        fanwire.Server(**{name: value})


def test_takes_every_kind_of_value():
    fanwire.Server(
        host="127.0.0.1",
        port=0,
        origins=["https://example.org"],
        demo=True,
        max_message_in_bytes=2048,
        heartbeat_interval=0,
        heartbeat_timeout=0.5,
    )
