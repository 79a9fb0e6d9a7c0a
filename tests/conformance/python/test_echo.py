"""RFC 6455 with the `websockets` package as the client of our transport, which echoes what it gets."""

import asyncio
import os
import random

import pytest
from websockets.asyncio.client import ClientConnection, connect

KIB = 1024
MIB = 1024 * KIB


def client(url: str, **options: object) -> connect:
    """A client that keeps quiet: no proxy, no pings, no limit of its own, no compression."""
    return connect(
        url, **{"proxy": None, "ping_interval": None, "max_size": None, "compression": None, **options}
    )


async def close_code(connection: ClientConnection) -> int | None:
    await asyncio.wait_for(connection.wait_closed(), 20)
    return connection.close_code


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65535, 65536, MIB, 16 * MIB, 64 * MIB])
async def test_both_kinds_of_every_length_come_back(echo_url: str, size: int) -> None:
    binary = os.urandom(min(size, MIB)) * max(1, size // MIB)
    text = "aé😀" * (size // 7) + "x" * (size % 7)
    async with client(echo_url) as connection:
        await connection.send(binary)
        assert await connection.recv() == binary
        await connection.send(text)
        assert await connection.recv() == text


@pytest.mark.parametrize("fragments", [1, 65])
async def test_one_byte_over_64_mib_is_1009(echo_url: str, fragments: int) -> None:
    # Not with `async with`: asyncio of Python 3.11 trips over closing a link again that broke while sending.
    connection = await client(echo_url)
    whole = b"x" * (64 * MIB + 1)
    parts = [b"x" * MIB] * 64 + [b"x"]
    sending = asyncio.create_task(connection.send(whole if fragments == 1 else parts))
    assert await close_code(connection) == 1009
    await asyncio.gather(sending, return_exceptions=True)  # the close may come while it still sends


async def test_fragments_are_one_message(echo_url: str) -> None:
    async with client(echo_url) as connection:
        await connection.send(["one ", "", "two ", "", "three"])
        assert await connection.recv() == "one two three"
        await connection.send([b"\x00", b"", b"\xff"])
        assert await connection.recv() == b"\x00\xff"


async def test_a_ping_between_fragments_is_answered_at_once(echo_url: str) -> None:
    async with client(echo_url) as connection:

        async def parts() -> object:
            yield "before "
            await asyncio.wait_for(await connection.ping(b"between"), 10)
            yield "after"

        await connection.send(parts())
        assert await connection.recv() == "before after"


@pytest.mark.parametrize("size", [0, 1, 125])
async def test_a_ping_is_answered_with_its_payload(echo_url: str, size: int) -> None:
    async with client(echo_url) as connection:
        await connection.pong(b"unasked")
        await asyncio.wait_for(await connection.ping(b"p" * size), 10)
        await connection.send("still here")
        assert await connection.recv() == "still here"


@pytest.mark.parametrize(
    "code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]
)
async def test_a_close_code_comes_back(echo_url: str, code: int) -> None:
    async with client(echo_url) as connection:
        await connection.close(code, "because")
        received = connection.protocol.close_rcvd
        assert received is not None
        assert received.code == code


async def test_a_reason_may_have_123_bytes(echo_url: str) -> None:
    async with client(echo_url) as connection:
        await connection.close(4000, "é" * 61 + "x")
        assert connection.protocol.close_rcvd is not None
        assert connection.protocol.close_rcvd.code == 4000


async def test_random_messages_keep_their_order(echo_url: str) -> None:
    chance = random.Random(7)
    messages = [
        chance.randbytes(chance.choice([0, 10, 125, 126, 1000, 65535, 65536, 100_000])) for _ in range(500)
    ]
    async with client(echo_url) as connection:

        async def send() -> None:
            for message in messages:
                cut = chance.randrange(len(message) + 1)
                await connection.send([message[:cut], message[cut:]] if chance.random() < 0.5 else message)

        sending = asyncio.create_task(send())
        assert [await connection.recv() for _ in messages] == messages
        await sending


async def test_a_hundred_connections_at_once(echo_url: str) -> None:
    async def talk(number: int) -> object:
        async with client(f"{echo_url}any/path?n={number}") as connection:
            await connection.send(f"I am {number}")
            return await connection.recv()

    assert await asyncio.gather(*map(talk, range(100))) == [f"I am {number}" for number in range(100)]


async def test_no_extension_and_no_subprotocol_is_agreed_on(echo_url: str) -> None:
    async with client(echo_url, compression="deflate") as connection:
        assert connection.protocol.extensions == []
        assert connection.subprotocol is None
        await connection.send("x" * 10_000)
        assert await connection.recv() == "x" * 10_000
