"""Two and three instances, one room: one order, no doubles, and joined means listening (A1, A6, A8)."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from support.redis import Ledger, RawClient, RedisServer, Sender, Witness, until
from support.redis.sender import keep_books

QUICK = {"unsubscribe_linger": "200ms"}


@pytest.fixture
async def witness(redis: RedisServer) -> AsyncIterator[Witness]:
    attached = await Witness.attach(redis)
    yield attached
    await attached.close()


@pytest.fixture
async def pair(redis: RedisServer, start_instance):
    """Two instances that are ready."""
    instances = [await start_instance(redis.url, name, **QUICK) for name in "ab"]
    for instance in instances:
        await instance.until_ready()
    return instances


async def hear_all(client: RawClient, count: int) -> None:
    """Waits for so many messages, and for those that should not come."""
    await client.until(lambda: len(client.texts) >= count, f"{count} messages came")
    await client.settle()


async def finish(ledger: Ledger, members: list, senders: list[Sender], witness: Witness, room: str) -> None:
    for sender in senders:
        await sender.answered()
    count = len(ledger.sent)
    await until(lambda: all(len(member.heard) >= count for member in members), "all heard everything")
    await witness.catch_up()
    ledger.on_redis += witness.texts(room)
    print(f"\n{ledger}")


@pytest.mark.parametrize("shards", [1, 3])
@pytest.mark.parametrize("count", [2, 3])
async def test_ten_publishers_are_heard_in_one_order_everywhere(
    redis: RedisServer, start_instance, connect, witness: Witness, count: int, shards: int
) -> None:
    ledger = Ledger(f"{count} instances of {shards} shards, ten publishers")
    instances = [await start_instance(redis.url, name, shards=shards) for name in "abc"[:count]]
    members = []
    for instance in instances:
        for v1 in (True, False):
            client = await connect(instance, f"{instance.name}.{'v1' if v1 else 'classic'}", v1=v1)
            assert not (await client.join("one:order")).is_local
            members.append(keep_books(ledger, client, "one:order"))
    publishers = [await connect(instances[n % count], f"p{n}", v1=n % 2 == 0) for n in range(10)]
    senders = [Sender(ledger, client, "one:order") for client in publishers]

    async def send_fifty(sender: Sender) -> None:
        for _ in range(50):
            await sender.send_one()

    await asyncio.gather(*(send_fifty(sender) for sender in senders))

    await finish(ledger, members, senders, witness, "room:one:order")
    assert ledger.by_answer("ack") == set(ledger.sent)
    assert len(ledger.on_redis) == 500
    for member in members:
        assert member.ids == ledger.on_redis


async def test_a_broadcast_reaches_everybody_once_in_one_order(pair, connect, witness: Witness) -> None:
    clients = [await connect(instance, v1=v1) for instance in pair for v1 in (True, False)]
    await clients[0].join("somewhere")

    for number in range(50):
        await clients[number % 4].publish(None, text=f"{number}")
    for client in clients:
        await client.until(lambda client=client: len(client.texts) >= 50, "all broadcasts came")
        await client.settle()

    await witness.catch_up()
    assert len(witness.texts("broadcast")) == 50
    for client in clients:
        assert client.texts == witness.texts("broadcast")
    assert "roomId" not in clients[0].messages[0].event


async def test_an_exact_and_a_pattern_subscription_deliver_once(
    redis: RedisServer, pair, connect, witness: Witness
) -> None:
    a, b = pair
    both = await connect(a, "both", v1=True)
    await both.join("app:chat:1")
    await both.join_pattern("app:chat:*")
    await both.join_pattern("app:**")
    exact, pattern, deep, other = [await connect(a, name) for name in ("exact", "pattern", "deep", "other")]
    await exact.join("app:chat:1")
    await pattern.join_pattern("app:*:1")
    await deep.join_pattern("app:**")
    await other.join_pattern("app:*")
    far = await connect(b, "far")

    for number in range(20):
        assert (await far.ask(type="message", roomId="app:chat:1", text=number)).type == "ack"
    assert (await far.ask(type="message", roomId="app:chat:1:deeper", text="deeper")).type == "ack"
    assert (await far.ask(type="message", roomId="app:news", text="flat")).type == "ack"

    numbers = list(range(20))
    for client, wanted in (
        (both, [*numbers, "deeper", "flat"]),
        (exact, numbers),
        (pattern, numbers),
        (deep, [*numbers, "deeper", "flat"]),
        (other, ["flat"]),
    ):
        await hear_all(client, len(wanted))
        assert client.texts == wanted, client.name
    assert both.messages[0].event["roomId"] == "app:chat:1"


async def test_coming_and_going_under_load_neither_doubles_nor_loses(pair, connect) -> None:
    """The seams: where a room's own subscription takes over from the pattern's, and back."""
    a, b = pair
    keeper, mover, far = await connect(a, "keeper"), await connect(a, "mover"), await connect(b, "far")
    ledger = Ledger("exact subscriptions come and go beside a pattern")
    kept = keep_books(ledger, keeper, "seam:1")
    await keeper.join_pattern("seam:*")
    await mover.join_pattern("seam:*")
    sender = Sender(ledger, far, "seam:1")
    sender.start(interval=0.001)

    for _ in range(15):
        await mover.join("seam:1")
        await mover.send(type="leave", roomId="seam:1")
        # Longer than the linger, so that Redis really is asked each time.
        await asyncio.sleep(0.25)
    await sender.stop()
    await sender.answered()

    await until(lambda: len(kept.heard) >= len(ledger.sent), "the keeper heard all")
    await mover.until(lambda: len(mover.texts) >= len(ledger.sent), "the mover heard all")
    print(f"\n{ledger}")
    found = ledger.of(kept)
    assert (found.twice, found.lost, found.unordered) == ([], [], [])
    assert mover.texts == list(ledger.sent)


async def test_joined_means_listening(redis: RedisServer, pair, connect) -> None:
    client = await connect(pair[0], v1=True)

    for number in range(200):
        assert not (await client.join(f"heard:{number}")).is_local
        receivers = await redis.call("PUBLISH", f"room:heard:{number}", json.dumps({"text": f"{number}"}))
        assert receivers == 1

    await client.until(lambda: len(client.texts) == 200, "all of them came")
    assert client.texts == [f"{number}" for number in range(200)]


async def test_a_burst_of_join_message_and_leave_takes_effect_in_its_order(pair, connect) -> None:
    client = await connect(pair[0])
    rooms = [f"burst:{number}" for number in range(20)]

    for room in rooms:
        await client.send(type="join", roomId=room)
        await client.send(type="message", roomId=room, text=f"in {room}")
    await hear_all(client, len(rooms))
    for room in rooms:
        await client.send(type="leave", roomId=room)
        await client.send(type="message", roomId=room, text=f"out {room}")
    await client.send(type="join", roomId="last")
    await client.send(type="message", roomId="last", text="last")

    await hear_all(client, len(rooms) + 1)
    assert client.texts == [*(f"in {room}" for room in rooms), "last"]


async def test_one_channel_a_room_from_its_first_member_to_its_last(
    redis: RedisServer, pair, connect, witness: Witness
) -> None:
    first, second = await connect(pair[0]), await connect(pair[0])
    assert not await redis.channels("room:*")

    for client in (first, second):
        await client.join("counted")
    assert await redis.subscribers("room:counted") == 1
    await first.ask(type="leave", roomId="counted")
    await first.join("counted")
    await first.close()
    assert await redis.subscribers("room:counted") == 1
    await second.close()

    await until(lambda: is_gone(redis, "room:counted"), "the last member's subscription ended")
    await witness.catch_up()
    assert witness.commands["UNSUBSCRIBE"] == 1


async def is_gone(redis: RedisServer, channel: str) -> bool:
    return await redis.subscribers(channel) == 0


async def test_a_room_that_is_joined_again_at_once_was_never_unsubscribed(
    redis: RedisServer, start_instance, connect, witness: Witness
) -> None:
    instance = await start_instance(redis.url, unsubscribe_linger="2s")
    client = await connect(instance)
    await client.join("lingers")
    await witness.catch_up()
    subscribes = witness.commands["SUBSCRIBE"]

    for _ in range(20):
        await client.ask(type="leave", roomId="lingers")
        await client.join("lingers")

    await witness.catch_up()
    assert witness.commands["SUBSCRIBE"] == subscribes
    assert witness.commands["UNSUBSCRIBE"] == 0
    await redis.call("PUBLISH", "room:lingers", '{"type":"message","text":"still"}')
    await hear_all(client, 1)
    assert client.texts == ["still"]


@pytest.mark.parametrize(
    "room", ["star*", "a?b", "[abc]", "back\\slash", "sp ace", "größe:日本", "{tag}", "*", "**"]
)
async def test_what_is_special_in_a_redis_glob_is_not_special_in_a_room(
    redis: RedisServer, pair, connect, room: str
) -> None:
    near, far = await connect(pair[0]), await connect(pair[1])
    await near.join(room)

    assert (await far.ask(type="message", roomId=room, text="literal")).type == "ack"
    for stranger in ("starry", "axb", "a", "anything", "x:y"):
        await redis.call("PUBLISH", f"room:{stranger}", '{"type":"message","text":"stray"}')

    await near.until(lambda: near.texts, "it came")
    await near.settle()
    assert near.texts == ["literal"]
    assert await redis.patterns() == 0


@pytest.mark.parametrize(
    ("pattern", "heard", "unheard"),
    [
        ("od?d:*", "od?d:1", "odxd:1"),
        ("[ab]:*", "[ab]:1", "a:1"),
        ("b\\:*", "b\\:1", "b:1"),
        ("ünï:*", "ünï:1", "uni:1"),
        ("*", "flat", "not:flat"),
    ],
)
async def test_a_pattern_knows_only_its_own_stars(
    redis: RedisServer, pair, connect, pattern: str, heard: str, unheard: str
) -> None:
    near, far = await connect(pair[0]), await connect(pair[1])
    await near.join_pattern(pattern)

    for room in (unheard, heard):
        assert (await far.ask(type="message", roomId=room, text=room)).type == "ack"

    await near.until(lambda: near.texts, "it came")
    await near.settle()
    assert near.texts == [heard]


async def test_a_sender_hears_itself_from_redis_and_its_ack_is_plain(pair, connect, witness: Witness) -> None:
    client = await connect(pair[0], v1=True)
    await client.join("echo")

    answer = await client.ask(type="message", roomId="echo", text="x", user="u", data={"n": 1.0})
    await client.until(lambda: client.messages, "it came back")
    await client.settle()
    await witness.catch_up()

    assert set(answer.event) == {"type", "id"}
    [payload] = witness.payloads("room:echo")
    assert list(json.loads(payload)) == ["type", "user", "text", "data", "timestamp"]
    assert b'"data":{"n": 1.0}' in payload, "numbers and spaces pass as they were"
    [frame] = client.messages
    assert list(frame.event) == ["type", "roomId", "user", "text", "data", "timestamp"]
    await witness.catch_up()
    assert witness.commands["PUBLISH"] >= 1


async def test_publishes_of_one_turn_go_out_together_and_in_order(pair, connect, witness: Witness) -> None:
    client, far = await connect(pair[0]), await connect(pair[1])
    await far.join("bulk")

    for number in range(2000):
        await client.send(type="message", roomId="bulk", text=number)

    await hear_all(far, 2000)
    assert far.texts == list(range(2000))
