"""With the textbook server and whoever else publishes on the same Redis: byte for byte (A2)."""

import base64
import json
import re

import pytest
from support.redis import Instance, RawClient, RedisServer, TextbookServer, Witness, until

MESSAGE = r'\{"type":"message","user":"Ann","text":"Gr\\u00fc\\u00dfe <3","timestamp":\d{13}\}'


@pytest.fixture
async def fanwired(redis: RedisServer, start_instance) -> Instance:
    instance = await start_instance(redis.url)
    await instance.until_ready()
    return instance


@pytest.fixture
async def everyone(
    redis: RedisServer, textbook: TextbookServer, fanwired: Instance, connect
) -> list[RawClient]:
    """In room `x`: a client of the textbook server, a classic one, a v1 one."""
    clients = [
        await connect(textbook, "textbook"),
        await connect(fanwired, "classic"),
        await connect(fanwired, "v1", v1=True),
    ]
    for client in clients:
        await client.send(type="join", roomId="x")
        await client.until(lambda client=client: client.of("joined"), "joined")
    await until(lambda: are_subscribed(redis, "room:x", 2), "both servers have subscribed")
    return clients


async def are_subscribed(redis: RedisServer, channel: str, count: int) -> bool:
    return await redis.subscribers(channel) == count


@pytest.mark.parametrize("sender", [0, 1, 2], ids=["from textbook", "from classic", "from v1"])
@pytest.mark.parametrize("room", ["x", None], ids=["room", "broadcast"])
async def test_a_message_is_the_same_bytes_for_all(
    redis: RedisServer, everyone: list[RawClient], sender: int, room: str | None
) -> None:
    witness = await Witness.attach(redis)
    place = {"roomId": room} if room else {}

    await everyone[sender].send(type="message", **place, user="Ann", text="Grüße <3")
    for client in everyone:
        await client.until(lambda client=client: client.messages, "it came")

    await witness.catch_up()
    [payload] = witness.payloads(f"room:{room}" if room else "broadcast")
    expected = MESSAGE if sender else MESSAGE.replace(r"\\u00fc\\u00df", "üß")
    assert re.fullmatch(expected, payload.decode()), payload
    by_textbook, by_classic, by_v1 = [client.messages[0].raw for client in everyone]
    assert by_textbook == by_classic == payload.decode()
    with_room = json.loads(payload) | ({"roomId": room} if room else {})
    assert json.loads(by_v1) == with_room
    await witness.close()


@pytest.mark.parametrize("sender", [0, 1], ids=["from textbook", "from fanwire"])
async def test_rooms_named_by_a_number_meet(
    redis: RedisServer, textbook: TextbookServer, fanwired: Instance, connect, sender: int
) -> None:
    clients = [await connect(textbook), await connect(fanwired)]
    for client in clients:
        await client.send(type="join", roomId=7)
        await client.until(lambda client=client: client.of("joined"), "joined")
        assert client.frames[0].raw == '{"type":"joined","roomId":7}'
    await until(lambda: are_subscribed(redis, "room:7", 2), "both servers have subscribed")

    await clients[sender].send(type="message", roomId=7, text="seven")

    for client in clients:
        await client.until(lambda client=client: client.texts == ["seven"], "it came")


async def test_two_hundred_messages_each_way_keep_one_order(everyone: list[RawClient]) -> None:
    for number in range(200):
        for client in everyone:
            await client.send(type="message", roomId="x", user=client.name, text=number)

    for client in everyone:
        await client.until(lambda client=client: len(client.messages) == 600, "all came")
    textbook, classic, v1 = [[(f.event["user"], f.event["text"]) for f in c.messages] for c in everyone]
    assert classic == textbook
    assert v1 == textbook


async def test_leaving_and_coming_on_either_server(
    redis: RedisServer, textbook: TextbookServer, everyone: list[RawClient]
) -> None:
    by_textbook, classic, v1 = everyone
    await classic.send(type="leave", roomId="x")
    await classic.settle()

    await by_textbook.send(type="message", roomId="x", text="without classic")
    await v1.until(lambda: v1.texts, "v1 heard it")
    await classic.settle()

    assert classic.texts == []
    await by_textbook.send(type="leave", roomId="x")
    await until(lambda: are_subscribed(redis, "room:x", 1), "only v1's instance listens")


# redis-cli PUBLISH: payload, what a classic client gets, what a v1 client gets. None stands for a time.
FOREIGN = [
    (b'{"type":"message","text":"a"}', None, {"type": "message", "roomId": "x", "text": "a"}),
    (
        b'{ "text" : 1.0, "n":[1,{"a":null}] }',
        None,
        '{"type":"message","roomId":"x","text":1.0,"n":[1,{"a":null}]}',
    ),
    (b'{"type":"score","home":3}', None, {"type": "score", "roomId": "x", "home": 3}),
    (b'{"type":"joined","roomId":"y"}', None, {"type": "message", "data": {"type": "joined", "roomId": "y"}}),
    (b'{"type":"error","code":"x"}', None, {"type": "message", "data": {"type": "error", "code": "x"}}),
    (b'{"type":"message","roomId":"y","text":"b"}', None, {"type": "message", "roomId": "x", "text": "b"}),
    (b"[1,2]", {"type": "message", "data": [1, 2]}, {"type": "message", "data": [1, 2]}),
    (b"17", {"type": "message", "data": 17}, {"type": "message", "data": 17}),
    (b'"quoted"', {"type": "message", "data": "quoted"}, {"type": "message", "data": "quoted"}),
    ("Grüße".encode(), {"type": "message", "data": "Grüße"}, {"type": "message", "data": "Grüße"}),
    (b"{broken", {"type": "message", "data": "{broken"}, {"type": "message", "data": "{broken"}),
    (
        b"\xff\xfe\x00",
        {"type": "message", "data": {"base64": "//4A"}},
        {"type": "message", "data": {"base64": "//4A"}},
    ),
]


@pytest.mark.parametrize(
    ("payload", "classic_gets", "v1_gets"), FOREIGN, ids=[repr(row[0]) for row in FOREIGN]
)
async def test_what_redis_cli_publishes(
    redis: RedisServer, fanwired: Instance, connect, payload: bytes, classic_gets, v1_gets
) -> None:
    classic, v1 = await connect(fanwired, "classic"), await connect(fanwired, "v1", v1=True)
    for client in (classic, v1):
        await client.join("x")
    already = len(classic.frames), len(v1.frames)

    assert await redis.cli("PUBLISH", "room:x", stdin=payload) == b"1\n"

    await classic.until(lambda: len(classic.frames) > already[0], "it came")
    await v1.until(lambda: len(v1.frames) > already[1], "it came")
    got_classic, got_v1 = classic.frames[already[0]], v1.frames[already[1]]
    assert isinstance(got_classic.raw, str)
    assert isinstance(got_v1.raw, str)
    if classic_gets is None:
        assert got_classic.raw.encode() == payload
    else:
        assert without_time(got_classic.event) == classic_gets
    if isinstance(v1_gets, str):
        assert got_v1.raw == v1_gets
    elif "data" in v1_gets:
        assert without_time(got_v1.event) == {"roomId": "x", **v1_gets}
    else:
        assert got_v1.event == v1_gets
    for client in (classic, v1):
        await client.settle()
        assert client.is_open


def without_time(event: dict) -> dict:
    assert isinstance(event["timestamp"], int)
    return {name: value for name, value in event.items() if name != "timestamp"}


@pytest.mark.parametrize("channel", ["broadcast", "room:x"])
async def test_all_byte_values_pass(redis: RedisServer, fanwired: Instance, connect, channel: str) -> None:
    client = await connect(fanwired)
    await client.join("x")
    # Not at the start, where a byte may tell the envelope form.
    payload = b"\xff" + bytes(range(256)) * 10

    await redis.call("PUBLISH", channel, payload)

    await client.until(lambda: client.messages, "it came")
    assert base64.b64decode(client.messages[0].event["data"]["base64"]) == payload


async def test_a_payload_that_is_too_long_is_counted_and_ends_nothing(
    redis: RedisServer, fanwired: Instance, connect
) -> None:
    client = await connect(fanwired)
    await client.join("x")
    before = {one["id"] for one in await redis.clients()}

    await redis.call("PUBLISH", "room:x", b"x" * (1024 * 1024 + 1))
    await redis.call("PUBLISH", "room:x", b"y" * (1024 * 1024))
    await redis.call("PUBLISH", "room:x", '{"text":"after"}')

    await client.until(lambda: len(client.frames) == 3, "the two that are allowed came")
    assert client.frames[1].event["data"] == "y" * (1024 * 1024)
    assert client.frames[2].event == {"text": "after"}
    assert {one["id"] for one in await redis.clients()} == before, "no connection was replaced"
