"""A hundred thousand rooms come back in time, and ten thousand pattern members cost Redis one pattern."""

import asyncio
import time

import pytest
from support.redis import RawClient, RedisServer, Witness, until

CLIENTS = 100
ROOMS_EACH = 1000
LONGEST_REPLAY = 5.0


async def subscriptions(redis: RedisServer) -> int:
    """What the instances' subscribers have on Redis, which costs Redis less to say than all their names."""
    return sum(int(client["sub"]) for client in await redis.clients())


async def join_all(client: RawClient, index: int) -> None:
    for number in range(ROOMS_EACH):
        await client.send(type="join", roomId=f"many:{index}:{number}")
    await client.until(lambda: client.counts["joined"] == ROOMS_EACH, "joined all", deadline=60)


@pytest.mark.timeout(180)
async def test_a_hundred_thousand_rooms_are_subscribed_again_in_time(
    redis: RedisServer, start_instance, start_proxy, connect
) -> None:
    proxy = await start_proxy(redis)
    instance = await start_instance(proxy.url())
    await instance.until_ready()
    clients = [await connect(instance, f"{n}") for n in range(CLIENTS)]
    began = time.monotonic()
    await asyncio.gather(*(join_all(client, n) for n, client in enumerate(clients)))
    print(f"\n{CLIENTS * ROOMS_EACH} rooms joined in {time.monotonic() - began:.1f} s")
    assert all(not frame.is_local for client in clients for frame in client.of("joined"))
    total = await subscriptions(redis)
    assert total >= CLIENTS * ROOMS_EACH

    before = await redis.run_id()
    await proxy.refuse()
    await redis.restart()
    assert await redis.run_id() != before
    witness = await Witness.attach(redis)
    await witness.close()
    began = time.monotonic()
    await proxy.heal()
    await until(lambda: has(redis, total), "all are subscribed again", deadline=30, step=0.02)
    took = time.monotonic() - began
    await instance.until_ready()
    ready = time.monotonic() - began

    stats = await redis.info("commandstats")
    calls = int(stats["cmdstat_subscribe"].split("calls=")[1].split(",")[0])
    print(f"subscribed again in {took:.2f} s, ready in {ready:.2f} s, with {calls} SUBSCRIBE commands")
    assert took < LONGEST_REPLAY
    assert calls < CLIENTS * ROOMS_EACH / 10, "in batches"
    for index in (0, 57, 99):
        assert await redis.call("PUBLISH", f"room:many:{index}:999", '{"type":"message","text":"back"}') == 1
        await clients[index].until(lambda index=index: clients[index].texts == ["back"], "it came")


async def has(redis: RedisServer, count: int) -> bool:
    return await subscriptions(redis) == count


@pytest.mark.timeout(120)
async def test_ten_thousand_pattern_members_cost_one_pattern(
    redis: RedisServer, start_instance, connect
) -> None:
    instance = await start_instance(redis.url)
    await instance.until_ready()
    clients = [await connect(instance, f"{n}") for n in range(10)]

    async def join_patterns(client: RawClient, index: int) -> None:
        for number in range(1000):
            await client.send(type="join", pattern=f"feed:*:{index}:{number}")
        await client.until(lambda: client.counts["joined"] == 1000, "joined all", deadline=60)

    await asyncio.gather(*(join_patterns(client, n) for n, client in enumerate(clients)))
    assert not any(frame.is_local for client in clients for frame in client.of("joined"))

    assert await redis.patterns() == 1
    assert await redis.call("PUBLISH", "room:feed:x:3:77", '{"type":"message","text":"one"}') == 1
    await clients[3].until(lambda: clients[3].texts == ["one"], "it came")
    for client in clients:
        await client.settle()
    assert sum(len(client.texts) for client in clients) == 1

    for client in clients:
        await client.close()
    await until(lambda: has_patterns(redis, 0), "the pattern is given up after the last member")


async def has_patterns(redis: RedisServer, count: int) -> bool:
    return await redis.patterns() == count


async def test_patterns_of_many_kinds_never_overlap_on_redis(
    redis: RedisServer, start_instance, connect
) -> None:
    """An instance hears a message that several of its patterns match in one copy for the wire, too."""
    instance = await start_instance(redis.url)
    await instance.until_ready()
    client = await connect(instance)
    for pattern in ("a:*", "a:b:*", "a:**", "b:*", "b:*:c", "*", "**", "c:d:*", "c:**"):
        await client.join_pattern(pattern)
    await until(lambda: has_patterns(redis, 1), "the narrow patterns gave way to the one that covers all")

    for room in ("a:1", "a:b:1", "b:1:c", "c:d:1", "z", "z:z:z"):
        assert await redis.call("PUBLISH", f"room:{room}", f'{{"type":"message","text":"{room}"}}') == 1

    await client.until(lambda: len(client.texts) >= 6, "all came")
    await client.settle()
    assert client.texts == ["a:1", "a:b:1", "b:1:c", "c:d:1", "z", "z:z:z"]
