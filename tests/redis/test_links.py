"""How an instance connects to Redis and leaves it: URLs, TLS, users, names, prefixes, the end (A3, A5)."""

import asyncio
from pathlib import Path

import pytest
from support.redis import Certificates, Instance, Process, RedisServer, Witness, until
from support.redis.instance import server_command

QUICK = {"redis_connect_timeout": "1s", "redis_command_timeout": "1s", "probe_interval": "500ms"}
ACL = "user default on >admin ~* &* +@all\nuser fan%40wire on >p:/@ss%% ~* &* +@all\n"


async def serves(instance: Instance, redis: RedisServer, connect) -> None:
    """It is ready, and a message goes through Redis."""
    await instance.until_ready()
    client = await connect(instance)
    assert not (await client.join("link")).is_local
    assert await redis.call("PUBLISH", "room:link", '{"type":"message","text":"through"}') == 1
    await client.until(lambda: client.texts == ["through"], "it came through")


async def test_two_named_connections_one_to_publish_and_one_to_subscribe(
    redis: RedisServer, start_instance, connect
) -> None:
    instances = [await start_instance(redis.url) for _ in range(2)]
    for instance in instances:
        await serves(instance, redis, connect) if instance is instances[0] else await instance.until_ready()

    clients = await redis.clients()

    assert len(clients) == 4
    assert sorted(int(client["sub"]) > 0 for client in clients) == [False, False, True, True]
    assert len({client["name"] for client in clients}) >= 2
    for client in clients:
        assert "fanwire" in client["name"] or client["name"].startswith("fw"), client


async def test_a_user_a_password_and_a_database_in_the_url(start_redis, start_instance, connect) -> None:
    redis: RedisServer = await start_redis(password="admin", acl=ACL)
    url = f"redis://fan%2540wire:p%3A%2F%40ss%25%25@localhost:{redis.port}/3"

    instance = await start_instance(url)

    await serves(instance, redis, connect)
    clients = await redis.clients()
    assert {client["user"] for client in clients} == {"fan%40wire"}
    assert {client["db"] for client in clients} == {"3"}
    assert "p:/@ss" not in instance.log
    assert "p%3A" not in instance.log


async def test_a_unix_socket(start_redis, start_instance, connect) -> None:
    redis: RedisServer = await start_redis(password="hush")

    instance = await start_instance(f"unix://:hush@{redis.socket_path}?db=2")

    await serves(instance, redis, connect)
    assert {client["db"] for client in await redis.clients()} == {"2"}


async def test_the_url_from_the_environment_and_the_password_from_a_file(
    start_redis, start_instance, connect, tmp_path: Path
) -> None:
    redis: RedisServer = await start_redis(password="from a file")
    file = tmp_path / "secret"
    file.write_text("from a file\n")

    instance = await start_instance(
        environment={"FANWIRE_REDIS": f"redis://127.0.0.1:{redis.port}"}, redis_password_file=str(file)
    )

    await serves(instance, redis, connect)


async def test_a_wrong_password_is_told_but_not_shown(start_redis, start_instance) -> None:
    redis: RedisServer = await start_redis(password="right-one")

    instance = await start_instance(f"redis://:wrong-one@127.0.0.1:{redis.port}", **QUICK)

    await until(lambda: "WRONGPASS" in instance.log, "the log says why")
    assert not await instance.is_ready()
    assert "wrong-one" not in instance.log
    lines = len(instance.log.splitlines())
    await asyncio.sleep(2)
    assert len(instance.log.splitlines()) - lines < 20, "the log is bounded"


# TLS.


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture
async def certificates(folder: Path) -> Certificates:
    return await Certificates.make(folder)


async def test_tls_with_a_client_certificate(start_redis, start_instance, certificates, connect) -> None:
    redis: RedisServer = await start_redis(certificates=certificates, password="over tls")

    instance = await start_instance(
        f"rediss://:over%20tls@127.0.0.1:{redis.tls_port}",
        redis_ca_file=certificates.ca,
        redis_certificate_file=certificates.client,
        redis_key_file=certificates.client_key,
    )

    await serves(instance, redis, connect)
    await redis.shut_down()
    await instance.until_not_ready()
    await redis.launch()
    await instance.until_ready()


async def test_a_server_name_other_than_the_hosts(start_redis, start_instance, certificates, connect) -> None:
    redis: RedisServer = await start_redis(certificates=certificates, tls_auth_clients="no")

    instance = await start_instance(
        f"rediss://localhost:{redis.tls_port}",
        redis_ca_file=certificates.ca,
        redis_server_name="redis.test",
    )

    await serves(instance, redis, connect)


@pytest.mark.parametrize("what", ["name", "authority", "client certificate", "no tls there"])
async def test_a_certificate_that_does_not_fit_is_refused(
    start_redis, start_instance, certificates, tmp_path: Path, what: str
) -> None:
    redis: RedisServer = await start_redis(certificates=certificates)
    options = {
        "redis_ca_file": certificates.ca,
        "redis_certificate_file": certificates.client,
        "redis_key_file": certificates.client_key,
    }
    port = redis.tls_port
    if what == "name":
        options["redis_server_name"] = "other.test"
    elif what == "authority":
        options["redis_ca_file"] = (await Certificates.make(tmp_path)).ca
    elif what == "client certificate":
        del options["redis_certificate_file"], options["redis_key_file"]
    else:
        port = redis.port

    instance = await start_instance(f"rediss://127.0.0.1:{port}", **QUICK, **options)

    await until(lambda: "no connection to rediss://" in instance.log, "the log says so")
    await asyncio.sleep(0.5)
    assert not await instance.is_ready()
    assert not await redis.clients()


# What is refused at start.


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("redis", "http://127.0.0.1"),
        ("redis", "redis://:topsecret@127.0.0.1:notaport"),
        ("redis", "redis://:topsecret@127.0.0.1/notadatabase"),
        ("redis", "127.0.0.1:6379"),
        ("redis", "unix://"),
        ("redis_password_file", "/nowhere/at/all"),
        ("redis_ca_file", "/nowhere/at/all"),
        ("room_prefix", ""),
        ("broadcast_channel", ""),
        ("key_prefix", ""),
        ("broadcast_channel", "room:all"),
        ("key_prefix", "room:fw:"),
        ("key_prefix", "r"),
        ("key_prefix", "broad"),
        ("room_prefix", "fw:rooms:"),
        ("probe_interval", "1ms"),
    ],
)
async def test_what_cannot_work_is_refused_at_start_by_name(
    redis: RedisServer, option: str, value: str
) -> None:
    given = {"port": "0", "redis": redis.url, option: value}
    if option == "redis_ca_file":
        given["redis"] = given["redis"].replace("redis://", "rediss://")
    arguments = [f"--{name.replace('_', '-')}={text}" for name, text in given.items()]
    process = await Process.start("fanwired", [*server_command(), *arguments])

    await until(lambda: process.exit_code is not None, "it ended", deadline=5)

    await process.kill()
    said = "\n".join(process.errors)
    assert process.exit_code in (1, 2), said
    assert option.replace("_", "-") in said.replace("_", "-"), said
    assert "topsecret" not in said


# Prefixes.


async def test_two_applications_on_one_redis_differ_by_their_prefixes(
    redis: RedisServer, start_instance, connect
) -> None:
    options = {"room_prefix": "app2:room:", "broadcast_channel": "app2:all", "key_prefix": "app2:fw:"}
    one, two = await start_instance(redis.url), await start_instance(redis.url, **options)
    first, second = await connect(one), await connect(two)
    for client in (first, second):
        await client.join("same")
    assert {b"room:same", b"app2:room:same", b"broadcast", b"app2:all"} <= await redis.channels()

    for client, words in ((first, "one"), (second, "two")):
        assert (await client.ask(type="message", roomId="same", text=words)).type == "ack"
        assert (await client.ask(type="message", text=f"all of {words}")).type == "ack"

    for client, words in ((first, "one"), (second, "two")):
        await client.until(lambda client=client: len(client.texts) == 2, "both came")
        await client.settle()
        assert sorted(client.texts) == [f"all of {words}", words]


# What Redis does not allow.

SOME = "user default on >admin ~* &* +@all\nuser some on >some ~* &fw:* &broadcast &room:ok:* +@all\n"


async def test_a_room_that_redis_forbids_harms_no_other(start_redis, start_instance, connect) -> None:
    redis: RedisServer = await start_redis(password="admin", acl=SOME)
    instance = await start_instance(f"redis://some:some@127.0.0.1:{redis.port}")
    good, bad = await connect(instance, "good"), await connect(instance, "bad")
    assert not (await good.join("ok:1")).is_local
    before = await redis.info("stats")

    await bad.send(type="join", roomId="forbidden:1")
    await until(lambda: "NOPERM" in instance.log, "the log says why")
    for number in range(10):
        answer = await good.ask(type="message", roomId="ok:1", text=number)
        assert answer.type == "ack", answer.raw
        await asyncio.sleep(0.1)

    await good.until(lambda: len(good.texts) == 10, "the good room works")
    assert (await good.ask(type="message", roomId="ok:1", text="end")).event.get("local") is None
    assert await redis.subscribers("room:ok:1") == 1
    made = int((await redis.info("stats"))["total_connections_received"])
    assert made - int(before["total_connections_received"]) < 20, "it does not connect over and over"


async def test_a_publish_that_redis_refuses_is_unavailable(start_redis, start_instance, connect) -> None:
    redis: RedisServer = await start_redis(password="admin", acl=SOME)
    instance = await start_instance(f"redis://some:some@127.0.0.1:{redis.port}")
    client = await connect(instance)
    await client.join("ok:1")

    refused = await client.ask(type="message", roomId="forbidden:1", text="x")
    taken = await client.ask(type="message", roomId="ok:1", text="y")

    assert (refused.type, refused.event.get("code")) == ("error", "unavailable")
    assert set(taken.event) == {"type", "id"}
    assert "NOPERM" in instance.log
    assert await instance.is_ready()


async def test_a_redis_that_is_full_is_tried_again(start_redis, start_instance, connect) -> None:
    redis: RedisServer = await start_redis(maxclients=20)
    await redis.call("CONFIG", "SET", "maxclients", 1)
    instance = await start_instance(redis.url)
    await until(lambda: "max number of clients" in instance.log, "the log says why")
    assert not await instance.is_ready()

    await redis.call("CONFIG", "SET", "maxclients", 20)

    await serves(instance, redis, connect)


# The end.


async def test_a_clean_close_leaves_nothing_on_redis(redis: RedisServer, start_instance, connect) -> None:
    witness = await Witness.attach(redis)
    instance = await start_instance(redis.url)
    clients = [await connect(instance, f"{n}", v1=n == 0) for n in range(3)]
    for client in clients:
        await client.join("closing")
    await clients[0].join_pattern("closing:*")

    last = await clients[0].request(type="message", roomId="closing", text="last words")
    assert (await clients[0].answers(last))[0].type == "ack"
    assert await instance.stop() == 0

    for client in clients:
        await client.until(lambda client=client: not client.is_open, "told to go")
        assert client.connection.close_code in (1001, 1012)
    await witness.catch_up()
    assert witness.texts("room:closing") == ["last words"]
    assert not await redis.clients()
    assert not await redis.channels()
    assert await redis.patterns() == 0
    assert "error" not in instance.log.lower()
    await witness.close()


@pytest.mark.parametrize("state", ["gone", "frozen", "never there"])
async def test_it_ends_in_time_though_redis_does_not_answer(
    start_redis, start_instance, connect, state: str
) -> None:
    redis: RedisServer = await start_redis()
    if state == "never there":
        await redis.shut_down()
    instance = await start_instance(redis.url)
    client = await connect(instance)
    if state != "never there":
        await instance.until_ready()
        await client.join("end")
        await (redis.freeze() if state == "frozen" else redis.kill())

    assert await instance.process.stop(deadline=10) == 0


async def test_messages_in_the_outbox_at_the_end_are_counted_in_the_log(
    redis: RedisServer, start_instance, connect
) -> None:
    instance = await start_instance(redis.url)
    client = await connect(instance)
    await instance.until_ready()
    await redis.shut_down()
    await instance.until_not_ready()
    for number in range(7):
        assert (await client.ask(type="message", roomId="lost", text=number)).is_local

    assert await instance.stop() == 0

    assert "7" in instance.log, "no silence: what never reached Redis is said"


async def test_an_instance_that_is_killed_leaves_the_others_alone(
    redis: RedisServer, start_instance, connect
) -> None:
    one, two = await start_instance(redis.url), await start_instance(redis.url)
    client = await connect(two)
    await client.join("left")
    await one.until_ready()

    await one.process.kill()

    await until(lambda: count_is(redis, 2), "Redis has dropped the dead one's connections")
    assert (await client.ask(type="message", roomId="left", text="still here")).type == "ack"
    await client.until(lambda: client.texts == ["still here"], "it came")


async def count_is(redis: RedisServer, count: int) -> bool:
    return len(await redis.clients()) == count


async def test_connections_that_redis_ends_for_being_idle_are_not_noticed(
    start_redis, start_instance, connect
) -> None:
    """`timeout` in redis.conf ends idle publishers: the probes keep them busy."""
    redis: RedisServer = await start_redis(timeout=1)
    instance = await start_instance(redis.url, probe_interval="300ms")
    await instance.until_ready()
    before = {client["id"] for client in await redis.clients()}

    await asyncio.sleep(3)

    assert {client["id"] for client in await redis.clients()} == before
    await serves(instance, redis, connect)
