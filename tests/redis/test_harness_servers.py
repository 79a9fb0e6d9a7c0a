"""The harness judges others, so it is tested first: servers, links, and the witness."""

import asyncio
import os
from pathlib import Path

import pytest
from support.redis import Certificates, Process, RedisServer, RespError, RespLink, Witness, until


async def test_a_redis_keeps_its_port_and_changes_its_run_id_over_a_restart(redis: RedisServer) -> None:
    before, port = await redis.run_id(), redis.port

    await redis.restart()

    assert redis.port == port
    assert await redis.run_id() != before


async def test_a_frozen_redis_does_not_answer_and_a_thawed_one_does(redis: RedisServer) -> None:
    await redis.freeze()
    assert redis.is_frozen
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await redis.call("PING")

    await redis.thaw()

    assert not redis.is_frozen
    assert await redis.call("PING") == b"PONG"


async def test_a_closed_redis_leaves_no_process_and_no_folder() -> None:
    server = await RedisServer.start()
    pid, folder = server.pid, server.folder
    await server.freeze()

    await server.close()

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not folder.exists()


async def test_passwords_and_acl_users_are_asked_for(start_redis) -> None:
    acl = "user default on >secret ~* &* +@all\nuser reader on >read &room:* +subscribe\n"
    server = await start_redis(password="secret", acl=acl)

    assert await server.call("PING") == b"PONG"
    reader = await RespLink.open(server.port, user="reader", password="read")
    with pytest.raises(RespError, match="NOPERM"):
        await reader.call("PUBLISH", "room:1", "x")
    with pytest.raises(RespError, match="WRONGPASS"):
        await RespLink.open(server.port, user="reader", password="wrong")
    await reader.close()


async def test_a_password_that_is_changed_is_the_new_one(start_redis) -> None:
    server = await start_redis(password="old")
    await server.configure("requirepass", "new")

    with pytest.raises(RespError, match="WRONGPASS"):
        await RespLink.open(server.port, password="old")
    link = await server.link()

    assert await link.call("PING") == b"PONG"
    await link.close()


async def test_tls_wants_the_clients_certificate(start_redis, tmp_path: Path) -> None:
    certificates = await Certificates.make(tmp_path)
    server = await start_redis(certificates=certificates)

    link = await RespLink.open(server.tls_port, tls=certificates.client_context())

    assert await link.call("PING") == b"PONG"
    await link.close()


async def test_a_unix_socket_is_offered(redis: RedisServer) -> None:
    link = await RespLink.open(path=redis.socket_path)

    assert await link.call("PING") == b"PONG"
    await link.close()


@pytest.mark.parametrize("payload", [b"", b"plain", b"\x00\xff\r\n\"\\'$3\r\n", bytes(range(256)) * 100])
async def test_bytes_pass_unchanged_and_are_seen_by_subscriber_and_witness(
    redis: RedisServer, payload: bytes
) -> None:
    subscriber = await redis.subscriber("room:x")
    witness = await Witness.attach(redis)

    assert await redis.call("PUBLISH", "room:x", payload) == 1

    await until(lambda: subscriber.published, "the subscriber heard it")
    await witness.catch_up()
    assert subscriber.payloads("room:x") == witness.payloads("room:x") == [payload]
    assert await redis.subscribers("room:x") == 1
    assert await redis.patterns() == 0
    await witness.close()
    await subscriber.close()


async def test_redis_cli_publishes_bytes_from_its_standard_input(redis: RedisServer) -> None:
    subscriber = await redis.subscriber("room:*", pattern=True)

    await redis.cli("PUBLISH", "room:x", stdin=b"\xf0\x00\xff")

    await until(lambda: subscriber.published, "the subscriber heard it")
    assert (subscriber.published[0].pattern, subscriber.payloads("room:x")) == (b"room:*", [b"\xf0\x00\xff"])
    await subscriber.close()


async def test_the_witness_survives_an_output_limit_that_ends_subscribers(redis: RedisServer) -> None:
    subscriber = await redis.subscriber("room:x")
    witness = await Witness.attach(redis)
    await redis.configure("client-output-buffer-limit", "pubsub 100kb 0 0")

    await redis.call("PUBLISH", "room:x", b"x" * 1_000_000)

    await until(lambda: not subscriber.is_connected, "the subscriber was ended")
    await witness.catch_up()
    assert len(witness.payloads("room:x")[0]) == 1_000_000
    assert "output buffer limits" in redis.log
    await witness.close()
    await subscriber.close()


async def test_the_witness_is_attached_again_after_a_restart(redis: RedisServer) -> None:
    witness = await Witness.attach(redis)
    await redis.call("PUBLISH", "room:x", "before")
    await witness.catch_up()

    await redis.restart()
    await witness.attach_again()
    await redis.call("PUBLISH", "room:x", "after")
    await witness.catch_up()

    assert witness.payloads("room:x") == [b"before", b"after"]
    await witness.close()


async def test_a_process_that_ends_at_once_is_told_with_its_words() -> None:
    process = await Process.start("sh", ["sh", "-c", "echo why >&2; exit 3"])

    with pytest.raises(AssertionError, match="ended with 3"):
        await process.line("never")

    assert process.errors == ["why"]
