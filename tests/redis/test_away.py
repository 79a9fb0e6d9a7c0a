"""While Redis is away: joins, leaves, the outbox and its bounds, gaps (promises 3 and 4; A11; WIRE.md, 1)."""

import asyncio
import json
import re

import pytest
from support.redis import FaultProxy, Instance, RawClient, RedisServer, Witness, until

TIMING = {
    "probe_interval": "500ms",
    "probe_timeout": "500ms",
    "redis_connect_timeout": "500ms",
    "redis_command_timeout": "500ms",
}


@pytest.fixture
async def proxy(start_proxy, redis: RedisServer) -> FaultProxy:
    return await start_proxy(redis)


@pytest.fixture
async def start_near(start_instance, proxy: FaultProxy):
    """An instance behind the proxy."""

    async def start(**options) -> Instance:
        return await start_instance(proxy.url(), "near", **TIMING | options)

    return start


@pytest.fixture
async def near(start_near) -> Instance:
    instance = await start_near()
    await instance.until_ready()
    return instance


@pytest.fixture
async def far(redis: RedisServer, start_instance) -> Instance:
    """Another one that Redis never leaves."""
    instance = await start_instance(redis.url, "far")
    await instance.until_ready()
    return instance


async def cut_off(proxy: FaultProxy, instance: Instance) -> None:
    await proxy.refuse()
    assert proxy.cut_all() >= 2
    await instance.until_not_ready()


async def let_in(proxy: FaultProxy, instance: Instance) -> None:
    await proxy.heal()
    await instance.until_ready()


async def say(client: RawClient, room: str, text: object) -> dict:
    return (await client.ask(type="message", roomId=room, text=text)).event


# Joins.


async def test_a_join_is_local_at_once_and_a_v1_client_is_told_again(proxy, near, far, connect) -> None:
    v1, classic = await connect(near, "v1", v1=True), await connect(near, "classic")
    await cut_off(proxy, near)

    for client in (v1, classic):
        assert (await client.join("away", deadline=2)).is_local
    assert (await v1.join_pattern("other:*", deadline=2)).is_local
    await let_in(proxy, near)

    await v1.until(lambda: len(v1.of("joined")) == 4, "joined again, both")
    again = v1.of("joined")[2:]
    assert [frame.is_local for frame in again] == [False, False]
    assert {frame.event.get("roomId") or frame.event.get("pattern") for frame in again} == {"away", "other:*"}
    speaker = await connect(far)
    for room in ("away", "other:1"):
        assert (await say(speaker, room, room))["type"] == "ack"
    await v1.until(lambda: v1.texts == ["away", "other:1"], "v1 hears the other instance")
    await classic.until(lambda: classic.texts == ["away"], "so does the classic client")
    await classic.settle()
    assert len(classic.of("joined")) == 1


async def test_a_second_joined_means_listening(redis: RedisServer, proxy, near, connect) -> None:
    client = await connect(near, v1=True)
    await cut_off(proxy, near)
    for number in range(100):
        assert (await client.join(f"again:{number}")).is_local
    heard: list[str] = []

    await proxy.heal()
    await client.until(lambda: len(client.of("joined")) == 200, "all are joined again")
    for number in range(100):
        assert await redis.call("PUBLISH", f"room:again:{number}", json.dumps({"text": f"{number}"})) == 1
        heard.append(f"{number}")

    await client.until(lambda: client.texts == heard, "all of them came")


async def test_a_join_into_a_black_hole_is_answered_when_it_is_found_out(proxy, near, connect) -> None:
    client = await connect(near, v1=True)
    proxy.black_hole()

    # What stands behind the join waits for it, and then takes effect in its order.
    join = await client.request(type="join", roomId="hole")
    say = await client.publish("hole", text="behind the join")
    joined, said = await client.answers(join, say, deadline=3)

    assert joined.type == "joined"
    assert joined.is_local
    assert said.is_local
    await client.settle()
    assert client.texts == ["behind the join"]


async def test_who_leaves_meanwhile_is_not_subscribed_afterwards(
    redis: RedisServer, proxy, near, connect
) -> None:
    client = await connect(near, v1=True)
    await client.join("stays")
    await client.join("goes")
    await cut_off(proxy, near)
    await client.join("comes")
    await client.join("comes and goes")
    for room in ("goes", "comes and goes"):
        assert (await client.ask(type="leave", roomId=room)).type == "left"

    await let_in(proxy, near)

    await until(
        lambda: are_rooms(redis, {b"room:stays", b"room:comes"}), "the rooms that are wanted, no others"
    )
    await client.settle()
    again = [frame.event["roomId"] for frame in client.of("joined") if not frame.is_local]
    assert again == ["stays", "goes", "comes"]


async def are_rooms(redis: RedisServer, wanted: set[bytes]) -> bool:
    return await redis.channels("room:*") == wanted


async def test_local_members_hear_one_another_by_room_pattern_and_broadcast(proxy, near, connect) -> None:
    clients = [await connect(near, f"{n}", v1=n % 2 == 0) for n in range(3)]
    await clients[0].join("local:1")
    await clients[1].join_pattern("local:*")
    await clients[1].join("local:1")
    await cut_off(proxy, near)

    assert (await say(clients[2], "local:1", "room"))["local"] is True
    answer = await clients[2].ask(type="message", text="all")
    assert answer.event["local"] is True

    for client, wanted in zip(clients, (["room", "all"], ["room", "all"], ["all"]), strict=True):
        await client.until(lambda client=client, wanted=wanted: client.texts == wanted, f"heard {wanted}")
    await let_in(proxy, near)
    for client in clients:
        await client.settle()
        assert len(client.texts) == len(set(client.texts)), "own copies that come back are skipped"


# The outbox.


async def test_the_outbox_arrives_in_order_and_its_sender_hears_nothing_twice(
    proxy, near, far, connect
) -> None:
    speaker, listener = await connect(near, "speaker", v1=True), await connect(far, "listener", v1=True)
    for client in (speaker, listener):
        await client.join("outbox")
    await cut_off(proxy, near)

    for number in range(500):
        assert (await say(speaker, "outbox", number))["local"] is True
    # The same bytes twice are two messages.
    await proxy.heal()
    await listener.until(lambda: len(listener.texts) >= 500, "the outbox arrived")
    await near.until_ready()
    assert (await say(speaker, "outbox", "after")).get("local") is None

    for client in (speaker, listener):
        await client.until(lambda client=client: "after" in client.texts, "the next one came")
        await client.settle()
        assert client.texts == [*range(500), "after"], client.name


async def test_equal_messages_in_the_outbox_are_told_apart_by_their_number(
    redis: RedisServer, proxy, near, connect
) -> None:
    """Copies are matched by their bytes, as a count: one more of the same from elsewhere must be heard."""
    speaker = await connect(near, "speaker")
    await speaker.join("equal")
    await cut_off(proxy, near)
    for _ in range(3):
        await say(speaker, "equal", "same")
    await speaker.until(lambda: len(speaker.messages) == 3, "heard locally")
    witness = await Witness.attach(redis)

    await let_in(proxy, near)
    await until(lambda: len(witness.payloads("room:equal")) == 3, "replayed")
    for payload in witness.payloads("room:equal"):
        await redis.call("PUBLISH", "room:equal", payload)

    await speaker.until(lambda: len(speaker.messages) == 6, "the three of the others are heard")
    await speaker.settle()
    assert len(speaker.messages) == 6
    await witness.close()


async def test_a_replay_waits_for_instances_that_come_back_later(
    redis: RedisServer, start_proxy, start_instance, connect
) -> None:
    proxies = [await start_proxy(redis), await start_proxy(redis)]
    instances = [await start_instance(proxy.url(), f"{at}", **TIMING) for at, proxy in enumerate(proxies)]
    clients = []
    for instance in instances:
        await instance.until_ready()
        clients.append(await connect(instance, instance.name))
        await clients[-1].join("late")
    for proxy, instance in zip(proxies, instances, strict=True):
        await cut_off(proxy, instance)
    assert (await say(clients[0], "late", "patience"))["local"]
    # As long as an instance backs off at most, and so as long as the other one waits for it.
    await asyncio.sleep(2)

    await proxies[0].heal()
    await until(lambda: has_subscribers(redis, 1), "the first is back")
    await proxies[1].heal()

    await clients[1].until(lambda: clients[1].texts, "the second was back in time")
    for client in clients:
        await client.settle()
        assert client.texts == ["patience"]


async def has_subscribers(redis: RedisServer, count: int) -> bool:
    return await redis.subscribers("room:late") == count


async def test_publishes_during_the_replay_queue_up_behind_it(proxy, near, far, connect) -> None:
    speaker, listener = await connect(near, "speaker"), await connect(far, "listener")
    await listener.join("behind")
    await cut_off(proxy, near)
    for number in range(1000):
        await speaker.publish("behind", text=number)
    await speaker.settle()
    await proxy.heal()

    number = 1000
    while len(listener.texts) < 1000 or not await near.is_ready():
        for _ in range(10):
            await speaker.publish("behind", text=number)
            number += 1
        await asyncio.sleep(0.001)
    await speaker.settle()

    await listener.until(lambda: len(listener.texts) >= number, "all came")
    assert listener.texts == list(range(number))


@pytest.mark.parametrize("count", [5, 6], ids=["n", "n plus one"])
async def test_the_outbox_keeps_so_many_messages_and_drops_the_oldest(
    proxy, start_near, far, connect, count: int
) -> None:
    near = await start_near(max_outbox_messages=5)
    await near.until_ready()
    speaker, listener = await connect(near), await connect(far)
    await listener.join("bounded")
    await cut_off(proxy, near)

    for number in range(count):
        await say(speaker, "bounded", number)
    await let_in(proxy, near)
    await say(speaker, "bounded", "end")

    await listener.until(lambda: "end" in listener.texts, "the end came")
    assert listener.texts == [*range(count - 5, count), "end"]
    assert ("dropped" in near.log) == (count > 5)


async def test_the_outbox_keeps_so_many_bytes(proxy, start_near, far, connect) -> None:
    near = await start_near(max_outbox_bytes="64KiB")
    await near.until_ready()
    speaker, listener = await connect(near), await connect(far)
    await listener.join("bytes")
    await cut_off(proxy, near)

    for number in range(10):
        await say(speaker, "bytes", f"{number}" + "x" * 10_000)
    await let_in(proxy, near)
    await say(speaker, "bytes", "end")

    await listener.until(lambda: "end" in listener.texts, "the end came")
    kept = [text[0] for text in listener.texts[:-1]]
    assert kept == [f"{number}" for number in range(10 - len(kept), 10)], "the newest, in order"
    assert 4 <= len(kept) <= 6


async def test_what_waits_too_long_is_dropped(proxy, start_near, far, connect) -> None:
    near = await start_near(outbox_timeout="4s")
    await near.until_ready()
    speaker, listener = await connect(near), await connect(far)
    await listener.join("stale")
    await cut_off(proxy, near)

    await say(speaker, "stale", "too old")
    await until(lambda: "dropped" in near.log, "the old one was dropped, and that was logged")
    await say(speaker, "stale", "young")
    await let_in(proxy, near)

    await listener.until(lambda: listener.texts, "the young one came")
    assert listener.texts == ["young"]


async def test_a_cut_in_the_replay_loses_little_and_says_so(proxy, near, far, connect) -> None:
    """What may have been sent is not sent again, so the replay must not put all of it at risk at once."""
    speaker, listener = await connect(near, "speaker"), await connect(far, "listener")
    for client in (speaker, listener):
        await client.join("replay")
    await cut_off(proxy, near)
    for number in range(3000):
        await speaker.publish("replay", text=f"{number}:" + "x" * 300)
    await speaker.settle()

    proxy.cut(200_000, role="publisher", reply=False)
    await proxy.accept()
    await until(lambda: proxy.cuts, "the replay was cut")
    await near.until_ready()
    await say(speaker, "replay", "3000:")
    await listener.until(lambda: "3000:" in listener.texts, "what was said afterwards came")
    await speaker.until(lambda: "3000:" in speaker.texts, "to its sender, too")

    numbers = [int(text.split(":")[0]) for text in listener.texts]
    missing = 3001 - len(numbers)
    print(f"\nof 3000 messages in the outbox {missing} were lost by a cut in the replay")
    assert numbers == sorted(set(numbers)), "in order and once"
    assert len(speaker.texts) == 3001, "its sender's instance has delivered all, once"
    assert missing <= 512
    doubtful = sum(int(number) for number in re.findall(r"broke in a replay: (\d+) messages", near.log))
    assert doubtful >= missing, "no silence: what is lost is among what the log calls doubtful"


# Gaps.


async def test_a_gap_is_told_once_a_room_to_v1_members_only(proxy, near, connect) -> None:
    v1, classic = await connect(near, "v1", v1=True), await connect(near, "classic")
    for client in (v1, classic):
        for room in ("one", "two"):
            await client.join(room)
    await v1.join_pattern("three:*")
    await cut_off(proxy, near)
    await let_in(proxy, near)

    await v1.until(lambda: len(v1.of("gap")) >= 3, "told of the gaps")
    for client in (v1, classic):
        await client.settle()

    names = [frame.event.get("roomId") or frame.event.get("pattern") for frame in v1.of("gap")]
    assert sorted(names) == ["one", "three:*", "two"]
    assert all(isinstance(frame.event["at"], int) for frame in v1.of("gap"))
    assert not classic.of("gap")
    assert not classic.of("error")


async def test_who_joined_while_redis_was_away_has_no_gap(proxy, near, connect) -> None:
    client = await connect(near, v1=True)
    await cut_off(proxy, near)
    await client.join("late")
    await let_in(proxy, near)

    await client.until(lambda: len(client.of("joined")) == 2, "joined again")
    await client.settle()
    assert not client.of("gap")


# Start.


async def test_it_starts_without_redis_and_finds_it_later(start_redis, start_instance, connect) -> None:
    redis: RedisServer = await start_redis()
    await redis.shut_down()
    instance = await start_instance(redis.url, **TIMING)
    client = await connect(instance, v1=True)

    assert (await instance.get("/healthz"))[0] == 200
    assert (await instance.get("/readyz"))[0] == 503
    assert (await client.join("early", deadline=2)).is_local
    assert (await say(client, "early", "local"))["local"] is True
    await redis.launch()

    await instance.until_ready()
    await client.until(lambda: len(client.of("joined")) == 2, "joined again")
    assert (await say(client, "early", "remote")).get("local") is None
    await client.until(lambda: client.texts == ["local", "remote"], "both heard, once")


async def test_it_starts_on_a_host_that_never_answers(redis: RedisServer, proxy, start_near, connect) -> None:
    proxy.black_hole()
    instance = await start_near()
    client = await connect(instance)

    assert (await client.join("hole", deadline=3)).is_local
    assert (await instance.get("/readyz"))[0] == 503
    await until(lambda: proxy.accepted >= 4, "it keeps trying")
    await let_in(proxy, instance)

    assert await redis.subscribers("room:hole") == 1


async def test_attempts_back_off_and_differ(redis: RedisServer, proxy, near) -> None:
    """With nobody behind it the proxy accepts and ends at once. Each of two links pauses 50 ms, then twice as
    long up to 2 s, each time a random part of that: about ten attempts a link in the first five seconds."""
    before = proxy.accepted
    await redis.shut_down()

    await asyncio.sleep(5)

    times = proxy.accepted_at[before:]
    print(f"\n{len(times)} attempts in 5 s")
    assert 6 <= len(times) <= 60
    assert max(after - before for before, after in zip(times, times[1:], strict=False)) < 3
    first = [at for at in times if at < times[0] + 1]
    assert len(first) > len(times) / 4, "it begins quickly"
