"""Messages in envelope form (WIRE.md, 3): what native clients get of them, whoever publishes them."""

import json
import re
from pathlib import Path
from typing import Any

import fanwire
import pytest
from support.redis import RawClient, RedisServer, Witness, until

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures/envelope"
MEANINGS = {path.stem: json.loads(path.read_text()) for path in sorted(FIXTURES.glob("*.json"))}
READABLE = [name for name, meaning in MEANINGS.items() if "fault" not in meaning]
UNREADABLE = [name for name, meaning in MEANINGS.items() if "fault" in meaning]


def wire(name: str) -> bytes:
    return (FIXTURES / f"{name}.bin").read_bytes()


@pytest.fixture
async def server(request, redis: RedisServer):
    async with fanwire.Server(port=0, redis=redis.url if request.param else "") as server:
        yield server


@pytest.fixture
async def members(server: fanwire.Server, connect) -> list[RawClient]:
    """In room `chat:1`: a classic client and a v1 one."""
    clients = [await connect(server.url, "classic"), await connect(server.url, "v1", v1=True)]
    for client in clients:
        assert not (await client.join("chat:1")).is_local
    return clients


def timeless(raw: str) -> str:
    event = json.loads(raw)
    return raw.replace(f'"timestamp":{event.get("timestamp")}', '"timestamp":123')


def is_ours(event: dict[str, Any]) -> bool:
    """Whether the server has put the time into it."""
    return "data" in event


async def check_delivery(name: str, members: list[RawClient], already: list[int]) -> None:
    for client, count, dialect in zip(members, already, ("classic", "v1"), strict=True):
        await client.until(lambda c=client, n=count: len(c.frames) > n, f"{name} came to {client.name}")
        [frame] = client.frames[count:]
        assert isinstance(frame.raw, str)
        got = timeless(frame.raw) if is_ours(frame.event) else frame.raw
        assert got == MEANINGS[name][dialect]


@pytest.mark.parametrize("server", [True], indirect=True, ids=["redis"])
async def test_what_a_peer_publishes(
    redis: RedisServer, server: fanwire.Server, members: list[RawClient]
) -> None:
    for name in READABLE:
        already = [len(client.frames) for client in members]
        await redis.call("PUBLISH", "room:chat:1", wire(name))
        await check_delivery(name, members, already)
    stats = server.stats()
    assert stats.bus_malformed == stats.bus_unknown_version == stats.bus_too_large == 0


@pytest.mark.parametrize("server", [True, False], indirect=True, ids=["redis", "local"])
async def test_what_a_host_publishes(server: fanwire.Server, members: list[RawClient]) -> None:
    for name in READABLE:
        already = [len(client.frames) for client in members]
        await server.publish_raw("chat:1", wire(name))
        await check_delivery(name, members, already)


@pytest.mark.parametrize("server", [True], indirect=True, ids=["redis"])
async def test_it_travels_as_the_host_wrote_it(redis: RedisServer, server: fanwire.Server) -> None:
    witness = await Witness.attach(redis)
    names = [name for name in READABLE if MEANINGS[name].get("rewritten", True)]

    for name in names:
        await server.publish_raw("chat:1", wire(name))

    await witness.catch_up()
    assert witness.payloads("room:chat:1") == [wire(name) for name in names]
    await witness.close()


@pytest.mark.parametrize("server", [True], indirect=True, ids=["redis"])
@pytest.mark.parametrize("channel", ["room:chat:1", "broadcast"])
async def test_what_cannot_be_read_is_skipped_and_counted_and_harms_nobody(
    redis: RedisServer, server: fanwire.Server, members: list[RawClient], channel: str
) -> None:
    already = [len(client.frames) for client in members]
    links = {one["id"] for one in await redis.clients()}

    for name in UNREADABLE:
        await redis.call("PUBLISH", channel, wire(name))
    await redis.call("PUBLISH", channel, '{"type":"message","text":"after"}')

    for client, count in zip(members, already, strict=True):
        await client.until(lambda c=client: c.texts == ["after"], "what came after was heard")
        assert len(client.frames) == count + 1
    expected = {
        fault: sum(MEANINGS[name]["fault"] == fault for name in UNREADABLE)
        for fault in ("malformed", "unknown_version", "too_large")
    }
    stats = server.stats()
    assert {fault: getattr(stats, f"bus_{fault}") for fault in expected} == expected
    assert min(expected.values()) > 0
    assert stats.bus_online == 1
    assert {one["id"] for one in await redis.clients()} == links, "no connection was replaced"


@pytest.mark.parametrize("server", [True, False], indirect=True, ids=["redis", "local"])
async def test_a_host_is_told_that_its_envelope_cannot_be_read(
    server: fanwire.Server, members: list[RawClient]
) -> None:
    already = [len(client.frames) for client in members]

    for name in UNREADABLE:
        is_large = MEANINGS[name]["fault"] == "too_large"
        with pytest.raises(fanwire.TooLargeError if is_large else fanwire.BadRequestError):
            await server.publish_raw("chat:1", wire(name))

    for client, count in zip(members, already, strict=True):
        await client.settle()
        assert [frame.type for frame in client.frames[count:]] == ["pong"]


@pytest.mark.parametrize("server", [True], indirect=True, ids=["redis"])
async def test_a_replayed_envelope_is_not_heard_twice(
    redis: RedisServer, server: fanwire.Server, members: list[RawClient]
) -> None:
    already = [len(client.frames) for client in members]
    await redis.shut_down()
    await until(lambda: server.stats().bus_online == 0, "the server has noticed")
    assert (await server.publish_raw("chat:1", wire("bytes"))).local
    await check_delivery("bytes", members, already)

    await redis.restart()

    await until(lambda: server.stats().bus_online == 1, "the outbox is replayed")
    await redis.call("PUBLISH", "room:chat:1", '{"type":"message","text":"after"}')
    for client in members:
        await client.until(lambda c=client: c.texts and c.texts[-1] == "after", "what came after was heard")
        assert sum(frame.event.get("user") == "sensor" for frame in client.messages) == 1


@pytest.mark.parametrize("server", [True], indirect=True, ids=["redis"])
async def test_the_example_of_the_reference(redis: RedisServer, members: list[RawClient]) -> None:
    reference = (FIXTURES.parents[2] / "docs/reference/redis.md").read_text()
    [example] = re.findall(r"Example: `([0-9A-F ]+)`", reference)

    await redis.call("PUBLISH", "room:chat:1", bytes.fromhex(example))

    for client in members:
        await client.until(lambda c=client: c.messages, "it came")
        assert (client.messages[0].event["user"], client.messages[0].event["data"]) == ("Ann", "hi")
