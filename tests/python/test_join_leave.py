"""The hooks that are asked about joins, and told when clients leave and go."""

import asyncio

import fanwire
import pytest
from websockets.exceptions import ConnectionClosed


@pytest.mark.parametrize("late", [False, True])
async def test_on_join_lets_in_or_refuses(connect, late):
    async def later(request):
        await asyncio.sleep(0)
        return decide(request)

    def decide(request):
        if request.room == "secret":
            return fanwire.Refuse("forbidden", "Not you.")
        return not request.is_pattern

    async with fanwire.Server(port=0, on_join=later if late else decide) as server, connect(server) as client:
        await client.join("chat:1")
        await client.send("join", roomId="secret", id="a")
        refused = await client.receive()
        assert (refused["type"], refused["code"], refused["message"]) == ("error", "forbidden", "Not you.")
        assert server.stats().rooms == 1


async def test_what_stands_behind_a_join_waits_for_it(connect):
    asked = asyncio.Event()
    answer = asyncio.Event()

    async def decide(request):
        asked.set()
        await answer.wait()

    async with fanwire.Server(port=0, on_join=decide) as server, connect(server) as client:
        await client.send("join", roomId="chat:1", id="1")
        await client.send("message", roomId="chat:1", id="2", text="behind")
        await asked.wait()
        answer.set()
        told = [(await client.receive())["type"] for _ in range(3)]
    assert told[0] == "joined"
    assert sorted(told[1:]) == ["ack", "message"]


async def test_leaves_and_the_end_are_told_in_order(connect):
    told = []
    server = fanwire.Server(
        port=0,
        on_connect=lambda request: fanwire.Accept(user="ann"),
        on_leave=lambda notice: told.append((notice.room, notice.user, notice.has_disconnected)),
    )

    @server.on_disconnect
    async def gone(notice):
        await asyncio.sleep(0)
        told.append((notice.code, notice.user, notice.reason))

    async with server:
        async with connect(server) as client:
            await client.join("a")
            await client.join("b")
            await client.send("leave", roomId="a", id="x")
            assert (await client.receive())["type"] == "left"
    assert told == [("a", "ann", False), ("b", "ann", True), (1000, "ann", "")]


async def test_clients_that_leave_with_a_stop_are_told_of_before_it_returns(connect):
    told = []
    async with fanwire.Server(port=0, on_disconnect=told.append) as server:
        async with connect(server), connect(server):
            await server.stop()
    assert len(told) == 2
    assert {notice.reason for notice in told} == {"the server is stopping"}


async def test_clients_that_were_refused_are_not_told_of(connect):
    told = []
    server = fanwire.Server(port=0, on_connect=lambda request: False, on_disconnect=told.append)
    async with server:
        with pytest.raises(ConnectionClosed):
            async with connect(server) as client:
                await client.receive()
    assert told == []
