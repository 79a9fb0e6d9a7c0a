"""Publishing and sending."""

import asyncio
import json
import math
import threading

import fanwire
import pytest


@pytest.fixture
async def server():
    async with fanwire.Server(port=0) as running:
        yield running


@pytest.fixture
async def member(server, connect):
    async with connect(server) as client:
        await client.join("chat:1")
        yield client


async def test_a_publish_reaches_members(server, member):
    result = await server.publish("chat:1", user="bob", text="hi", data={"n": [1, 2.5, "ü"]})
    received = await member.receive()
    assert result == fanwire.PublishResult(local=False, dropped=False)
    assert {"type", "user", "text", "data", "timestamp"} == set(received)
    assert (received["user"], received["text"], received["data"]) == ("bob", "hi", {"n": [1, 2.5, "ü"]})


async def test_absent_fields_stay_absent_and_none_is_null(server, member):
    await server.publish("chat:1", text=None)
    received = await member.receive()
    assert received["text"] is None
    assert set(received) == {"type", "text", "timestamp"}


async def test_values_are_written_compactly_and_in_utf8(server, member):
    await server.publish("chat:1", data={"a": [1, "é"]})
    assert '{"a":[1,"é"]}' in await member.socket.recv()


async def test_no_room_means_everybody(server, connect):
    async with connect(server) as client:
        await client.ask("ping")
        await server.publish(None, text="to all")
        assert (await client.receive())["text"] == "to all"


async def test_an_empty_room_name_is_no_broadcast(server):
    with pytest.raises(fanwire.BadRoomError):
        await server.publish("", text="x")
    with pytest.raises(fanwire.BadRoomError):
        await server.publish_raw("", b"x")
    with pytest.raises(fanwire.BadRoomError):
        server.publish_blocking("", text="x")


@pytest.mark.parametrize("room", ["a::b", ":", "x" * 257])
async def test_a_bad_room_is_an_error_with_its_code(server, room):
    with pytest.raises(fanwire.BadRoomError) as caught:
        await server.publish(room, text="x")
    assert caught.value.code == "bad_room"
    assert str(caught.value)
    with pytest.raises(fanwire.BadRoomError):
        server.publish_blocking(room, text="x")


@pytest.mark.parametrize("value", [math.nan, math.inf, [-math.inf], "\ud800", {"a": "\udfff"}])
async def test_what_json_cannot_say_is_refused_by_name(server, value):
    with pytest.raises(ValueError, match="^data: "):
        await server.publish("chat:1", data=value)


async def test_what_json_does_not_know_is_refused_by_name(server):
    with pytest.raises(TypeError, match="^text: "):
        await server.publish("chat:1", text=object())
    circular: list[object] = []
    circular.append(circular)
    with pytest.raises(ValueError, match="^user: "):
        await server.publish("chat:1", user=circular)


async def test_a_message_over_the_limit_is_too_large(server):
    with pytest.raises(fanwire.TooLargeError):
        await server.publish("chat:1", text="x" * (1 << 20))
    with pytest.raises(fanwire.TooLargeError):
        await server.publish_raw("chat:1", b"x" * ((1 << 20) + 1))


async def test_a_server_that_does_not_run_says_so():
    server = fanwire.Server(port=0)
    for _ in range(2):
        with pytest.raises(fanwire.NotRunningError):
            await server.publish("chat:1", text="x")
        with pytest.raises(fanwire.NotRunningError):
            server.publish_blocking("chat:1", text="x")
        with pytest.raises(fanwire.NotRunningError):
            await server.send("1-1", "x")
        await server.start()
        await server.stop()


@pytest.mark.parametrize(
    "payload",
    [b'{"n":1}', bytearray(b'{"n":1}'), memoryview(b'{"n":1}'), '{"n":1}'],
    ids=lambda p: type(p).__name__,
)
async def test_raw_payloads_pass_unchanged(server, member, payload):
    await server.publish_raw("chat:1", payload)
    assert await member.socket.recv() == '{"n":1}'


async def test_a_raw_payload_may_be_an_envelope(server, member):
    await server.publish_raw("chat:1", b"\xfc\x01\x03\x01\x017hi")
    heard = await member.receive()
    assert (heard["user"], heard["data"]) == (7, "hi")
    with pytest.raises(fanwire.BadRequestError):
        await server.publish_raw("chat:1", b"\xfc\x02")


async def test_sends_to_one_client(connect):
    clients: list[str] = []
    server = fanwire.Server(port=0, on_connect=lambda request: clients.append(request.client))
    async with server, connect(server) as client:
        await client.ask("ping")
        assert await server.send(clients[0], {"n": 1}) == fanwire.SendResult.DELIVERED
        assert await client.receive() == {"type": "direct", "data": {"n": 1}}
        assert await asyncio.to_thread(server.send_blocking, clients[0], None) == "delivered"
        assert await client.receive() == {"type": "direct", "data": None}


async def test_sending_to_a_client_that_has_gone_is_a_value(connect, until):
    clients: list[str] = []
    server = fanwire.Server(port=0, on_connect=lambda request: clients.append(request.client))
    async with server:
        async with connect(server) as client:
            await client.ask("ping")
        await until(lambda: server.stats().connections == 0)
        assert await server.send(clients[0], "x") == "client_gone"
        assert server.send_blocking(clients[0], "x") is fanwire.SendResult.CLIENT_GONE
        assert await server.send("1-1", "x") == "client_gone"


@pytest.mark.parametrize("client", ["", "x", "1", "1-2-3"])
async def test_what_is_no_client_id_is_a_mistake(server, client):
    with pytest.raises(ValueError, match="client"):
        await server.send(client, "x")


async def test_publishes_from_another_loop(server, member):
    result = await asyncio.to_thread(lambda: asyncio.run(server.publish("chat:1", text="from afar")))
    assert not result.local
    assert (await member.receive())["text"] == "from afar"


async def test_publishes_from_many_threads_and_loops_keep_each_ones_order(server, member):
    each = 200

    def in_own_loop(name: str) -> None:
        async def publish_all() -> None:
            for n in range(each):
                await server.publish("chat:1", user=name, data=n)

        asyncio.run(publish_all())

    def blocking(name: str) -> None:
        for n in range(each):
            server.publish_blocking("chat:1", user=name, data=n)

    async def here(name: str) -> None:
        for n in range(each):
            await server.publish("chat:1", user=name, data=n)

    names = [f"{kind}{n}" for kind in ("loop", "thread") for n in range(4)]
    threads = [
        threading.Thread(target=in_own_loop if name.startswith("loop") else blocking, args=(name,))
        for name in names
    ]
    for thread in threads:
        thread.start()
    tasks = [asyncio.create_task(here(f"task{n}")) for n in range(4)]
    seen: dict[str, list[int]] = {}
    for _ in range(each * (len(names) + len(tasks))):
        message = await member.receive()
        seen.setdefault(message["user"], []).append(message["data"])
    await asyncio.gather(*tasks)
    for thread in threads:
        await asyncio.to_thread(thread.join)
    assert len(seen) == len(names) + len(tasks)
    assert all(numbers == list(range(each)) for numbers in seen.values())


async def test_many_publishes_at_once_all_end(server, member):
    results = await asyncio.gather(*(server.publish("chat:1", data=n) for n in range(1000)))
    assert len(results) == 1000
    assert [(await member.receive())["data"] for _ in range(1000)] == list(range(1000))


async def test_a_cancelled_publish_harms_nobody(server, member):
    cancelled = asyncio.ensure_future(server.publish("chat:1", text="maybe"))
    await asyncio.sleep(0)
    cancelled.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cancelled
    await server.publish("chat:1", text="next")
    received = [await member.receive() for _ in range(2)]
    assert [message["text"] for message in received] == ["maybe", "next"]


async def test_publishes_that_wait_at_a_stop_are_answered(server):
    waiting = [asyncio.ensure_future(server.publish("chat:1", data=n)) for n in range(500)]
    await asyncio.sleep(0)
    await server.stop()
    done = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(one, fanwire.PublishResult | fanwire.NotRunningError) for one in done), done


async def test_a_blocking_publish_does_not_need_the_loop(server, member):
    # On the very thread of the loop, which cannot turn meanwhile.
    assert server.publish_blocking("chat:1", text="hi") == (False, False)
    assert server.publish_raw_blocking("chat:1", b"{}") == (False, False)
    assert json.loads(await member.socket.recv())["text"] == "hi"
