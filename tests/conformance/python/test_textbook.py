"""Clients written for the textbook Node server, with the `websockets` package, against fanwired."""

import asyncio
import json
import re
from collections.abc import AsyncIterator

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.sync.client import connect as connect_sync
from websockets.typing import Subprotocol


class Textbook:
    """Knows join, leave, message and whatever JSON comes."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def send(self, **request: object) -> None:
        await self.connection.send(json.dumps(request))

    async def text(self) -> str:
        text = await asyncio.wait_for(self.connection.recv(), 20)
        assert isinstance(text, str)
        return text

    async def next(self) -> dict[str, object]:
        event = json.loads(await self.text())
        assert isinstance(event, dict)
        return event

    async def join(self, room: object) -> dict[str, object]:
        await self.send(type="join", roomId=room)
        return await self.next()

    async def is_silent(self) -> bool:
        """Whether nothing stands between now and the answer to a ping."""
        await self.send(type="ping")
        return await self.next() == {"type": "pong"}


@pytest.fixture
async def clients(server_url: str) -> AsyncIterator[list[Textbook]]:
    connections = [await connect(server_url, proxy=None) for _ in range(3)]
    yield [Textbook(connection) for connection in connections]
    await asyncio.gather(*(connection.close() for connection in connections))


async def test_members_hear_a_message_in_the_textbook_bytes(clients: list[Textbook]) -> None:
    ann, bob, eve = clients
    for client in (ann, bob):
        assert await client.join("py") == {"type": "joined", "roomId": "py"}
    await eve.send(type="message", roomId="py", user="Eve", text="Grüße")

    texts = [await client.text() for client in (ann, bob)]
    # json.dumps writes ü as an escape, and so it passes.
    pattern = r'{"type":"message","user":"Eve","text":"Gr\\u00fc\\u00dfe","timestamp":\d{13}}'
    assert re.fullmatch(pattern, texts[0])
    assert texts[1] == texts[0]
    assert await eve.is_silent()


async def test_a_message_without_a_room_goes_to_everybody(clients: list[Textbook]) -> None:
    await clients[0].join("alone")
    await clients[1].send(type="message", text="all")
    for client in clients:
        assert (await client.next())["text"] == "all"


async def test_leave_is_silent_and_ends_it(clients: list[Textbook]) -> None:
    ann, bob, _ = clients
    await ann.join("left")
    await ann.send(type="leave", roomId="left")
    await ann.send(type="leave", roomId="never joined")
    assert await ann.is_silent()
    await bob.send(type="message", roomId="left", text="anyone?")
    assert await bob.is_silent()
    assert await ann.is_silent()


async def test_an_integer_and_its_text_are_one_room(clients: list[Textbook]) -> None:
    ann, bob, eve = clients
    assert (await ann.join(7))["roomId"] == 7
    assert (await bob.join("7"))["roomId"] == "7"
    await eve.send(type="message", roomId=7, text="x")
    assert (await ann.next())["text"] == (await bob.next())["text"] == "x"


async def test_a_thousand_messages_keep_their_order(clients: list[Textbook]) -> None:
    for client in clients:
        await client.join("order")
    for number in range(1000):
        await clients[0].send(type="message", roomId="order", data=number)
    for client in clients:
        assert [(await client.next())["data"] for _ in range(1000)] == list(range(1000))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "{'type':'join'}", '{"type":"join"}', '{"type":7}', "\x00"]
)
async def test_bad_requests_get_an_error_and_no_more(clients: list[Textbook], text: str) -> None:
    await clients[0].connection.send(text)
    assert (await clients[0].next())["type"] == "error"
    assert await clients[0].is_silent()


async def test_bytes_are_understood_and_answered_as_text(clients: list[Textbook]) -> None:
    await clients[0].connection.send(b'{"type":"join","roomId":"bytes"}')
    assert await clients[0].text() == '{"type":"joined","roomId":"bytes"}'


async def test_the_sixty_four_kibibytes_that_are_allowed(clients: list[Textbook]) -> None:
    ann, bob, _ = clients
    await ann.join("large")
    head, tail = '{"type":"message","roomId":"large","text":"', '"}'
    await ann.connection.send(head + "x" * (65536 - len(head) - len(tail)) + tail)
    assert len(str((await ann.next())["text"])) == 65536 - len(head) - len(tail)
    await bob.connection.send(head + "x" * (65537 - len(head) - len(tail)) + tail)
    await asyncio.wait_for(bob.connection.wait_closed(), 20)
    assert bob.connection.close_code == 1009


async def test_a_subprotocol_of_others_is_ignored_and_ours_is_chosen(server_url: str) -> None:
    async with connect(server_url, proxy=None, subprotocols=[Subprotocol("chat")]) as connection:
        assert connection.subprotocol is None
    offered = [Subprotocol("chat"), Subprotocol("fanwire.v1")]
    async with connect(server_url, proxy=None, subprotocols=offered) as connection:
        assert connection.subprotocol == "fanwire.v1"
        assert (await Textbook(connection).next())["type"] == "welcome"


def test_the_threaded_client_too(server_url: str) -> None:
    with connect_sync(server_url, proxy=None) as ann, connect_sync(server_url, proxy=None) as bob:
        for client in (ann, bob):
            client.send('{"type":"join","roomId":"threads"}')
            assert client.recv(20) == '{"type":"joined","roomId":"threads"}'
        ann.send('{"type":"message","roomId":"threads","text":"x"}')
        assert json.loads(ann.recv(20))["text"] == json.loads(bob.recv(20))["text"] == "x"
