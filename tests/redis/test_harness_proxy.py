"""The proxy does what it says, and can prove it."""

import asyncio
import contextlib
import time

import pytest
from support.redis import FaultProxy, RedisServer, RespLink, Subscriber, Witness, until


@pytest.fixture
async def proxy(start_proxy, redis: RedisServer) -> FaultProxy:
    return await start_proxy(redis)


async def test_it_passes_bytes_both_ways_and_counts_them(proxy: FaultProxy) -> None:
    link = await RespLink.open(proxy.port)

    assert await link.call("ECHO", b"\x00\xff" * 500_000) == b"\x00\xff" * 500_000

    assert proxy.accepted == 1
    assert proxy.bytes_up == len(b"*2\r\n$4\r\nECHO\r\n$1000000\r\n\r\n") + 1_000_000
    assert proxy.bytes_down == len(b"$1000000\r\n\r\n") + 1_000_000
    await link.close()


async def test_a_close_of_either_side_is_passed_on(proxy: FaultProxy, redis: RedisServer) -> None:
    first, second = await RespLink.open(proxy.port), await RespLink.open(proxy.port)
    assert await first.call("PING") == b"PONG"
    await first.close()
    await until(lambda: len(proxy.links()) == 1, "the closed link is gone")

    assert await second.call("CLIENT", "ID") > 0
    await redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")

    assert await second.reader.read() == b""
    await second.close()
    await until(lambda: not proxy.links(), "all links are gone")


async def test_delay_makes_a_round_trip_last_twice_as_long(proxy: FaultProxy) -> None:
    link = await RespLink.open(proxy.port)
    await link.call("PING")
    proxy.delay(0.15)

    began = time.monotonic()
    assert await link.call("ECHO", "late") == b"late"
    took = time.monotonic() - began
    await proxy.heal()
    began = time.monotonic()
    assert await link.call("ECHO", "soon") == b"soon"

    assert took >= 0.3
    assert time.monotonic() - began < 0.15
    await link.close()


async def test_delayed_bytes_keep_their_order(proxy: FaultProxy) -> None:
    link = await RespLink.open(proxy.port)
    await link.call("PING")
    proxy.delay(0.05)

    for number in range(20):
        link.writer.write(b"*2\r\n$4\r\nECHO\r\n$2\r\n%02d\r\n" % number)
        await asyncio.sleep(0.001)

    assert [int(await link.reply()) for _ in range(20)] == list(range(20))
    await link.close()


@pytest.mark.parametrize("reset", [True, False])
@pytest.mark.parametrize("after", [0, 1, 7])
async def test_cut_ends_a_reply_after_so_many_bytes(proxy: FaultProxy, after: int, reset: bool) -> None:
    link = await RespLink.open(proxy.port)
    await link.call("PING")
    proxy.cut(after, reset=reset)

    link.writer.write(b"*2\r\n$4\r\nECHO\r\n$10\r\n0123456789\r\n")
    got = b""
    with pytest.raises(ConnectionResetError) if reset else contextlib.nullcontext():
        while chunk := await link.reader.read(100):
            got += chunk

    assert got == b"$10\r\n0123456789\r\n"[:after]
    assert len(proxy.cuts) == 1
    assert not proxy.links()
    await link.close()


async def test_cut_happens_once_and_only_to_the_role_that_was_meant(
    proxy: FaultProxy, redis: RedisServer
) -> None:
    subscriber = Subscriber(await RespLink.open(proxy.port))
    await subscriber.subscribe("room:x")
    publisher = await RespLink.open(proxy.port)
    assert await publisher.call("PUBLISH", "room:x", "one") == 1
    proxy.cut(2, role="publisher")
    witness = await Witness.attach(redis)

    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await publisher.call("PUBLISH", "room:x", "two")

    await witness.catch_up()
    assert witness.payloads("room:x") == [b"two"], "the reply was cut, not the request"
    await until(lambda: len(subscriber.published) == 2, "the subscriber still hears")
    again = await RespLink.open(proxy.port)
    assert await again.call("PUBLISH", "room:x", "three") == 1
    assert len(proxy.cuts) == 1
    for closing in (publisher, again, subscriber, witness):
        await closing.close()


async def test_a_request_can_be_cut_so_that_redis_never_runs_it(
    proxy: FaultProxy, redis: RedisServer
) -> None:
    witness = await Witness.attach(redis)
    link = await RespLink.open(proxy.port)
    await link.call("PUBLISH", "room:x", "whole")
    proxy.cut(20, role="publisher", reply=False)

    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await link.call("PUBLISH", "room:x", "half")

    await witness.catch_up()
    assert witness.payloads("room:x") == [b"whole"]
    await witness.close()
    await link.close()


async def test_cut_all_ends_every_connection(proxy: FaultProxy) -> None:
    links = [await RespLink.open(proxy.port) for _ in range(3)]
    for link in links:
        await link.call("PING")

    assert proxy.cut_all() == 3

    for link in links:
        with pytest.raises(ConnectionResetError):
            await link.reader.read()
        await link.close()


async def test_a_black_hole_closes_nothing_answers_nothing_and_is_proven(proxy: FaultProxy) -> None:
    old = await RespLink.open(proxy.port)
    await old.call("PING")
    proxy.black_hole()

    with proxy.proving_nothing_passes():
        new = await RespLink.open(proxy.port)
        for link in (old, new):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.15):
                    await link.call("PING")
    assert proxy.accepted == 2
    await proxy.heal()

    for link in (old, new):
        assert await link.reply() == b"PONG", "what was held back arrives"
        assert await link.call("ECHO", "healed") == b"healed"
        await link.close()


async def test_a_black_hole_that_nobody_ran_into_proves_nothing(proxy: FaultProxy) -> None:
    link = await RespLink.open(proxy.port)
    await link.call("PING")
    proxy.black_hole()

    with pytest.raises(AssertionError, match="no client tried"), proxy.proving_nothing_passes():
        pass

    await link.close()


async def test_a_fault_that_does_not_bite_is_found_out(proxy: FaultProxy) -> None:
    link = await RespLink.open(proxy.port)

    with pytest.raises(AssertionError, match="did not bite"), proxy.proving_nothing_passes():
        await link.call("PING")

    await link.close()


async def test_a_client_that_gave_up_in_a_black_hole_is_let_go_after_it(
    proxy: FaultProxy, redis: RedisServer
) -> None:
    witness = await Witness.attach(redis)
    link = await RespLink.open(proxy.port)
    await link.call("PING")
    proxy.black_hole()
    link.writer.write(b"*3\r\n$7\r\nPUBLISH\r\n$6\r\nroom:x\r\n$4\r\nlate\r\n")
    await link.close()

    await proxy.heal()

    await until(lambda: witness.payloads("room:x") == [b"late"], "a real network would deliver it too")
    await until(lambda: not proxy.links(), "the link is gone")
    await witness.close()


async def test_refused_is_refused_and_the_port_comes_back(proxy: FaultProxy) -> None:
    kept = await RespLink.open(proxy.port)
    await kept.call("PING")
    await proxy.refuse()

    with pytest.raises(ConnectionRefusedError):
        await RespLink.open(proxy.port)
    assert await kept.call("ECHO", "kept") == b"kept"
    await proxy.heal()
    link = await RespLink.open(proxy.port)

    assert await link.call("PING") == b"PONG"
    await link.close()
    await kept.close()


async def test_without_a_redis_behind_it_a_connection_ends(proxy: FaultProxy, redis: RedisServer) -> None:
    await redis.shut_down()

    link = await RespLink.open(proxy.port)
    with contextlib.suppress(ConnectionResetError):
        assert await link.reader.read() == b""

    await link.close()
    assert not proxy.links()


async def test_a_stalled_subscriber_runs_over_redis_output_limit(
    proxy: FaultProxy, redis: RedisServer
) -> None:
    await redis.configure("client-output-buffer-limit", "pubsub 256kb 0 0")
    subscriber = Subscriber(await RespLink.open(proxy.port))
    await subscriber.subscribe("room:x")
    proxy.stall_replies("subscriber")

    for _ in range(400):
        if await redis.call("PUBLISH", "room:x", b"x" * 60_000) == 0:
            break
    else:
        pytest.fail("Redis never ended the slow subscriber")

    assert "output buffer limits" in redis.log
    await proxy.heal()
    await until(lambda: not subscriber.is_connected, "the subscriber was ended")
    await subscriber.close()
