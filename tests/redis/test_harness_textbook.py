"""The textbook server behaves as WIRE.md, 6 says: else nothing compared with it would mean anything."""

import json
import re

from support.redis import Ledger, RedisServer, Sender, TextbookServer, Witness, until
from support.redis.sender import keep_books

JOIN = {"type": "join", "roomId": "t"}


async def test_it_subscribes_to_broadcast_and_to_a_name_that_looks_like_a_pattern(
    redis: RedisServer, textbook: TextbookServer
) -> None:
    assert await redis.channels() == {b"broadcast", b"room:*"}
    assert await redis.patterns() == 0


async def test_it_answers_a_join_and_follows_its_members(redis: RedisServer, textbook, connect) -> None:
    ann, bob = await connect(textbook), await connect(textbook)
    for client in (ann, bob):
        await client.send(**JOIN)
        await client.until(lambda client=client: client.frames, "joined")
        assert client.frames[0].raw == '{"type":"joined","roomId":"t"}'
    await until(lambda: subscribers(redis, 1), "the room has a subscriber")

    await ann.send(type="leave", roomId="t")
    await bob.close()

    await until(lambda: subscribers(redis, 0), "the room has none")


async def subscribers(redis: RedisServer, wanted: int) -> bool:
    return await redis.subscribers("room:t") == wanted


async def test_its_message_on_redis_is_what_its_members_get(redis: RedisServer, textbook, connect) -> None:
    witness = await Witness.attach(redis)
    ann = await connect(textbook)
    await ann.send(**JOIN)
    await until(lambda: subscribers(redis, 1), "the room has a subscriber")

    await ann.send(type="message", roomId="t", user="Ann", text="hi", other=1)
    await ann.send(type="message", text="all")
    await ann.until(lambda: len(ann.messages) == 2, "both came")

    await witness.catch_up()
    payload = witness.payloads("room:t")[0].decode()
    assert re.fullmatch(r'{"type":"message","user":"Ann","text":"hi","timestamp":\d{13}}', payload)
    assert [frame.raw for frame in ann.messages] == [payload, witness.payloads("broadcast")[0].decode()]
    await witness.close()


async def test_it_passes_json_of_others_unchanged_and_drops_the_rest(
    redis: RedisServer, textbook, connect
) -> None:
    ann = await connect(textbook)
    await ann.send(**JOIN)
    await until(lambda: subscribers(redis, 1), "the room has a subscriber")

    for payload in ("not json", '{ "x" : 1.0 }', "[1]"):
        await redis.call("PUBLISH", "room:t", payload)

    await ann.until(lambda: len(ann.frames) == 3, "the JSON came")
    assert [frame.raw for frame in ann.frames[1:]] == ['{ "x" : 1.0 }', "[1]"]


async def test_two_of_them_carry_a_run_without_findings(redis: RedisServer, textbook, connect, stack) -> None:
    other = await TextbookServer.start(redis.url)
    stack.push_async_callback(other.process.kill)
    witness = await Witness.attach(redis)
    ledger = Ledger("two textbook servers")
    clients = [await connect(server, name) for server, name in ((textbook, "a"), (other, "b"))]
    members = [keep_books(ledger, client, "t", client.name) for client in clients]
    for client in clients:
        await client.send(**JOIN)
    await until(lambda: subscribers(redis, 2), "both have subscribed")
    senders = [Sender(ledger, client, "t", client.name) for client in clients]

    for sender in senders:
        sender.start(interval=0.002, asking=False)
    await until(lambda: len(ledger.sent) >= 200, "two hundred were sent")
    for sender in senders:
        await sender.stop()
    await until(lambda: all(len(m.heard) == len(ledger.sent) for m in members), "all were heard")

    await witness.catch_up()
    ledger.on_redis += witness.texts("room:t")
    print(ledger)
    for member in members:
        found = ledger.of(member)
        assert (found.twice, found.lost, found.unordered) == ([], [], [])
        assert member.ids == ledger.on_redis
    await witness.close()


async def test_it_survives_a_restart_of_redis(redis: RedisServer, textbook, connect) -> None:
    ann = await connect(textbook)
    await ann.send(**JOIN)
    await until(lambda: subscribers(redis, 1), "the room has a subscriber")

    await redis.restart()

    await until(lambda: subscribers(redis, 1), "ioredis has subscribed again")
    await redis.call("PUBLISH", "room:t", json.dumps({"type": "message", "text": "back"}))
    await ann.until(lambda: ann.texts == ["back"], "it hears again")
