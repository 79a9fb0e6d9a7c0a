"""The ledger finds what was lost, repeated and reordered, when that is known because the test did it."""

import asyncio
import json
import random
from collections.abc import Callable

import pytest
import websockets
from support.redis import Ledger, Member, RawClient, Sender
from support.redis.ledger import inversions
from support.redis.sender import keep_books, kind_of


def filled(count: int, senders: int = 1) -> tuple[Ledger, Member, list[str]]:
    ledger = Ledger("injected")
    member = ledger.member("m", "r")
    return ledger, member, [ledger.send(f"s{n % senders}", "r").id for n in range(count)]


def test_a_clean_run_has_no_findings() -> None:
    ledger, member, ids = filled(100, senders=3)
    for id in ids:
        member.hear(id)

    found = ledger.of(member)

    assert (found.heard, found.twice, found.lost, found.unordered, found.strange) == (100, [], [], [], [])


def test_what_was_lost_is_named() -> None:
    ledger, member, ids = filled(10)
    for id in ids[:3] + ids[5:9]:
        member.hear(id)

    assert ledger.of(member).lost == [ids[3], ids[4], ids[9]]
    assert [(ids.index(a), ids.index(b)) for a, b in named_spans(ledger, member)] == [(3, 4), (9, 9)]


def named_spans(ledger: Ledger, member: Member) -> list[tuple[str, str]]:
    at = {entry.at: entry.id for entry in ledger.sent.values()}
    return [(at[begin], at[end]) for begin, end in ledger.loss_spans(member)]


def test_what_came_twice_is_named_and_is_not_out_of_order() -> None:
    ledger, member, ids = filled(5)
    for id in [*ids, ids[1]]:
        member.hear(id)

    found = ledger.of(member)

    assert (found.twice, found.unordered) == ([ids[1]], [])


def test_what_came_late_is_named_unless_its_fate_was_uncertain() -> None:
    ledger, member, ids = filled(5)
    for index in (0, 2, 1, 4, 3):
        member.hear(ids[index])
    ledger.answer(ledger.sent[ids[3]], "uncertain")

    assert ledger.of(member).unordered == [ids[1]]


def test_messages_of_other_rooms_are_strange() -> None:
    ledger, member, _ = filled(0)
    member.hear(ledger.send("s", "elsewhere").id)
    member.hear("nobody#1")

    found = ledger.of(member)

    assert len(found.strange) == 2
    assert found.lost == []


def test_silence_is_the_longest_pause_while_somebody_sent() -> None:
    ledger, member, ids = filled(4)
    for id, sent_at in zip(ids, (10.0, 11.0, 12.0, 20.0), strict=True):
        ledger.sent[id].at = sent_at
    for at in (9.0, 10.5, 14.0, 30.0):
        member.hear(ids[0], at)

    assert ledger.of(member).silence == 6.0
    assert ledger.silence(ledger.member("deaf", "r")) == 10.0


def test_recovery_counts_from_the_end_of_the_fault_to_news_from_elsewhere() -> None:
    ledger = Ledger("recovery")
    member = ledger.member("m", "r", home="a")
    near, stale, far = (ledger.send("s", "r", home) for home in ("a", "b", "b"))
    ledger.healed_at, near.at, stale.at, far.at = 100.0, 101.0, 99.0, 101.0
    for entry, at in ((near, 101.0), (stale, 101.5), (far, 103.0)):
        member.hear(entry.id, at)

    assert ledger.of(member).recovery == 3.0


def test_an_answer_may_come_only_once() -> None:
    ledger, _, ids = filled(1)
    ledger.answer(ledger.sent[ids[0]], "ack")

    with pytest.raises(AssertionError, match="answered ack and then local"):
        ledger.answer(ledger.sent[ids[0]], "local")


def test_two_orders_are_compared_by_what_both_have() -> None:
    assert inversions(["a", "b", "c"], ["a", "x", "b", "c"]) == 0
    assert inversions(["a", "b", "c", "d"], ["b", "a", "c", "d"]) == 1
    assert inversions(["a", "b", "a"], ["a", "b"]) == 0


def test_the_report_has_a_line_for_each_member() -> None:
    ledger, member, ids = filled(3)
    ledger.broke("run_id changed")
    member.hear(ids[0])
    ledger.on_redis += [ids[0], ids[0]]

    lines = str(ledger).splitlines()

    assert "run_id changed" in lines[0]
    assert "sent 3 (unanswered 3); on Redis 1, twice there 1" in lines[1]
    assert "heard     1  twice 0  lost 2" in lines[2]


# A server that mangles on purpose: what the books say must be what it did.

Mangle = Callable[[list[str]], list[str]]


async def run_against_a_mangler(mangle: Mangle, count: int = 60) -> tuple[Ledger, Member]:
    """One sender, one member, and between them a server that gives out mangled what it has collected."""
    taken: list[str] = []
    members: list[websockets.ServerConnection] = []

    async def serve(connection: websockets.ServerConnection) -> None:
        async for raw in connection:
            request = json.loads(raw)
            if request["type"] == "join":
                members.append(connection)
                await connection.send(json.dumps({"type": "joined", "roomId": "r", "id": request["id"]}))
                continue
            taken.append(json.dumps({"type": "message", "text": request["text"]}))
            await connection.send(
                json.dumps({"type": "ack", "id": request["id"], "local": len(taken) % 2 == 0})
            )
            if len(taken) == count:
                for member in members:
                    for text in mangle(taken):
                        await member.send(text)

    async with websockets.serve(serve, "127.0.0.1", 0) as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        ledger = Ledger("mangled")
        listener = await RawClient.connect(url, "m")
        speaker = await RawClient.connect(url, "s")
        await listener.join("r")
        member = keep_books(ledger, listener, "r")
        sender = Sender(ledger, speaker, "r")
        for _ in range(count):
            await sender.send_one()
        await sender.answered()
        await listener.until(lambda: len(member.heard) == len(mangle(taken)), "all of it came")
        await listener.close()
        await speaker.close()
    return ledger, member


async def test_over_a_socket_losses_repeats_and_answers_are_what_the_server_made_of_them() -> None:
    def mangle(texts: list[str]) -> list[str]:
        return [text for n, text in enumerate(texts) for _ in range((1, 1, 0, 2)[n % 4])]

    ledger, member = await run_against_a_mangler(mangle)

    found = ledger.of(member)
    assert found.lost == [f"s#{n + 1}" for n in range(60) if n % 4 == 2]
    assert found.twice == [f"s#{n + 1}" for n in range(60) if n % 4 == 3]
    assert found.unordered == []
    assert (len(ledger.by_answer("ack")), len(ledger.by_answer("local"))) == (30, 30)


async def test_over_a_socket_a_changed_order_is_found() -> None:
    def mangle(texts: list[str]) -> list[str]:
        return random.Random(7).sample(texts, len(texts))

    ledger, member = await run_against_a_mangler(mangle)

    found = ledger.of(member)
    assert (found.lost, found.twice) == ([], [])
    assert len(found.unordered) > 30


async def test_answers_have_one_word_each() -> None:
    async def echo(connection: websockets.ServerConnection) -> None:
        async for raw in connection:
            await connection.send(json.dumps(json.loads(raw)["answer"] | {"id": json.loads(raw)["id"]}))

    async with websockets.serve(echo, "127.0.0.1", 0) as server:
        client = await RawClient.connect(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        for answer, word in (
            ({"type": "ack"}, "ack"),
            ({"type": "ack", "local": True}, "local"),
            ({"type": "ack", "duplicate": True}, "duplicate"),
            ({"type": "error", "code": "uncertain"}, "uncertain"),
        ):
            assert kind_of(await client.ask(type="x", answer=answer)) == word
        await client.close()


async def test_a_second_answer_to_one_request_is_kept_as_unexpected() -> None:
    async def twice(connection: websockets.ServerConnection) -> None:
        async for raw in connection:
            answer = json.dumps({"type": "ack", "id": json.loads(raw)["id"]})
            await connection.send(answer)
            await connection.send(answer)

    async with websockets.serve(twice, "127.0.0.1", 0) as server:
        client = await RawClient.connect(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        await client.ask(type="message")
        await client.until(lambda: len(client.frames) == 2, "the second answer came")
        assert len(client.unexpected) == 1
        await client.close()


async def test_a_sender_keeps_its_rate_until_it_is_stopped() -> None:
    async def swallow(connection: websockets.ServerConnection) -> None:
        async for _ in connection:
            pass

    async with websockets.serve(swallow, "127.0.0.1", 0) as server:
        ledger = Ledger("rate")
        client = await RawClient.connect(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/", "s")
        sender = Sender(ledger, client, "r")
        sender.start(interval=0.01)
        await asyncio.sleep(0.3)
        await sender.stop()
        count = len(ledger.sent)
        await asyncio.sleep(0.05)

        assert 10 <= count <= 31
        assert len(ledger.sent) == count
        assert len(ledger.by_answer("unanswered")) == count
        await client.close()
