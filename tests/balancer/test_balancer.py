"""Real nginx and HAProxy, configured as docs/howto says, in front of two instances."""

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import websockets
from support.balancer import Balancer, replaced, snippet
from support.redis import Certificates, until

TRUSTING = {"trusted_proxies": ["127.0.0.1"]}
AFFINITY = {"nginx": "    least_conn;\n", "haproxy": "    balance leastconn\n"}
PROGRAMS = ["nginx", "haproxy"]


def main_of(program: str) -> str:
    return snippet(program, program)


def through_proxy_header(program: str, version: int) -> tuple[str, str]:
    """The configuration that sends a PROXY header, and the block of nginx that it is for."""
    if program == "nginx":
        return snippet("nginx", "nginx stream"), "stream"
    text = snippet("haproxy", "haproxy tcp")
    return (text if version == 2 else replaced(text, "send-proxy-v2", "send-proxy")), ""


@contextlib.asynccontextmanager
async def client_at(balancer: Balancer, source: str, query: str, **how: Any) -> AsyncIterator[Any]:
    """A client with a source address of its own, which is how instances can tell it from the balancer."""
    how = {"proxy": None, "open_timeout": 10, **how}
    uri = f"ws://127.0.0.1:{balancer.port}/?{query}"
    async with websockets.connect(uri, local_addr=(source, 0), **how) as socket:
        yield socket


async def ask(socket: Any, **request: Any) -> dict[str, Any]:
    await socket.send(json.dumps({**request, "id": "asked"}))
    async with asyncio.timeout(10):
        while (answer := json.loads(await socket.recv())).get("id") != "asked":
            pass
    return dict(answer)


def seen_of(hosts: list[Any]) -> dict[str, str]:
    return {query: address for host in hosts for query, address in host.seen.items()}


@pytest.mark.parametrize("program", PROGRAMS)
async def test_clients_are_upgraded_spread_and_hear_each_other(
    start_hosts, start_balancer, program: str
) -> None:
    hosts = await start_hosts(**TRUSTING)
    balancer = await start_balancer(program, main_of(program), hosts)

    async with contextlib.AsyncExitStack() as open_clients:
        clients = [
            await open_clients.enter_async_context(client_at(balancer, f"127.0.0.{10 + number}", f"{number}"))
            for number in range(6)
        ]
        for client in clients:
            assert (await ask(client, type="join", roomId="balanced"))["type"] == "joined"
        assert (await ask(clients[0], type="message", roomId="balanced", text="hello"))["type"] == "ack"

        for client in clients[1:]:
            async with asyncio.timeout(10):
                assert json.loads(await client.recv())["text"] == "hello"
    assert [len(host.seen) for host in hosts] == [3, 3]
    assert seen_of(hosts) == {f"{number}": f"127.0.0.{10 + number}" for number in range(6)}


@pytest.mark.parametrize("program", PROGRAMS)
async def test_what_a_client_says_of_its_address_is_not_believed(
    start_hosts, start_balancer, program: str
) -> None:
    hosts = await start_hosts(**TRUSTING)
    balancer = await start_balancer(program, main_of(program), hosts)

    for number, lie in enumerate(["203.0.113.9", "203.0.113.9, 127.0.0.1", "unknown", ", ,", "127.0.0.1"]):
        headers = {"X-Forwarded-For": lie}
        async with client_at(balancer, "127.0.0.9", f"{number}", additional_headers=headers):
            pass

    assert seen_of(hosts) == {f"{number}": "127.0.0.9" for number in range(5)}


@pytest.mark.parametrize("program", PROGRAMS)
async def test_a_balancer_that_is_not_trusted_is_not_believed(
    start_hosts, start_balancer, program: str
) -> None:
    hosts = await start_hosts(trusted_proxies=["127.0.0.200", "10.0.0.0/8"])
    balancer = await start_balancer(program, main_of(program), hosts)

    async with client_at(balancer, "127.0.0.9", "one"):
        pass

    assert seen_of(hosts)["one"].startswith("127.0.0.1:")
    assert sum([(await host.stats())["forwarded_ignored"] for host in hosts]) == 1


@pytest.mark.parametrize("program", PROGRAMS)
async def test_origins_are_compared_with_the_host_that_was_asked_for(
    start_hosts, start_balancer, program: str
) -> None:
    hosts = await start_hosts(**TRUSTING)
    text = main_of(program)
    # As where the balancer gives the instances a name of their own.
    if program == "nginx":
        text = replaced(text, "proxy_set_header Host $host;", "proxy_set_header Host inner.test;")
    else:
        text = replaced(
            text,
            "    option redispatch 1\n",
            "    option redispatch 1\n    http-request set-header Host inner.test\n",
        )
    balancer = await start_balancer(program, text, hosts)

    async with client_at(balancer, "127.0.0.9", "own", origin=f"http://127.0.0.1:{balancer.port}"):
        pass
    for origin in ("http://inner.test", "http://stranger.test"):
        with pytest.raises(websockets.InvalidStatus) as refused:
            async with client_at(balancer, "127.0.0.9", "other", origin=origin):
                pass
        assert refused.value.response.status_code == 403


@pytest.mark.parametrize(("program", "version"), [("nginx", 1), ("haproxy", 1), ("haproxy", 2)])
async def test_a_proxy_header_names_the_client(
    start_hosts, start_balancer, program: str, version: int
) -> None:
    hosts = await start_hosts(**TRUSTING, proxy_protocol=True)
    text, kind = through_proxy_header(program, version)
    balancer = await start_balancer(program, text, hosts, kind)

    for number in range(4):
        headers = {"X-Forwarded-For": "203.0.113.9"}
        async with client_at(
            balancer, f"127.0.0.{10 + number}", f"{number}", additional_headers=headers
        ) as client:
            port = client.local_address[1]
            await until(lambda number=number: f"{number}" in seen_of(hosts), "on_connect was asked")
            assert seen_of(hosts)[f"{number}"] == f"127.0.0.{10 + number}:{port}"
    assert all(host.seen for host in hosts)
    assert [(await host.stats())["bad_proxy_headers"] for host in hosts] == [0, 0]


async def test_a_balancer_without_the_proxy_header_that_was_agreed_is_closed(
    start_hosts, start_balancer
) -> None:
    hosts = await start_hosts(**TRUSTING, proxy_protocol=True)
    balancer = await start_balancer("nginx", main_of("nginx"), hosts)

    with pytest.raises(websockets.InvalidStatus) as refused:
        async with client_at(balancer, "127.0.0.9", "one"):
            pass

    assert refused.value.response.status_code == 502
    assert [(await host.stats())["bad_proxy_headers"] for host in hosts] == [1, 1]


@pytest.mark.parametrize("program", PROGRAMS)
async def test_affinity_brings_a_client_back_to_its_instance(
    start_hosts, start_balancer, program: str
) -> None:
    hosts = await start_hosts(**TRUSTING)
    text = replaced(main_of(program), AFFINITY[program], snippet(program, f"{program} affinity"))
    balancer = await start_balancer(program, text, hosts)

    for number in range(12):
        for attempt in range(3):
            async with client_at(balancer, f"127.0.0.{10 + number}", f"{number}.{attempt}"):
                pass

    homes = [{query.split(".")[0] for query in host.seen} for host in hosts]
    assert not homes[0] & homes[1]
    assert all(homes)


@pytest.mark.parametrize("program", PROGRAMS)
async def test_tls_ends_at_the_balancer(start_hosts, start_balancer, tmp_path: Path, program: str) -> None:
    certificates = await Certificates.make(tmp_path)
    both = tmp_path / "both.pem"
    both.write_text(certificates.server.read_text() + certificates.server_key.read_text())
    tls = snippet(program, f"{program} tls")
    if program == "nginx":
        tls = replaced(tls, "listen 443", "listen 80")
        tls = replaced(tls, "/etc/ssl/example.org.pem", str(certificates.server))
        tls = replaced(tls, "/etc/ssl/example.org.key", str(certificates.server_key))
        text = replaced(main_of(program), "    listen 80;\n", tls)
    else:
        tls = replaced(tls, "bind :443", "bind :80")
        tls = replaced(tls, "/etc/ssl/example.org.pem", str(both))
        text = replaced(main_of(program), "    bind :80\n", tls)
    hosts = await start_hosts(**TRUSTING)
    balancer = await start_balancer(program, text, hosts)

    context = ssl.create_default_context(cafile=str(certificates.ca))
    uri = f"wss://127.0.0.1:{balancer.port}/?tls"
    async with websockets.connect(uri, ssl=context, proxy=None, local_addr=("127.0.0.9", 0)):
        pass

    assert seen_of(hosts) == {"tls": "127.0.0.9"}


class Visitor:
    """A client that comes back when it is told 1012, and keeps what it hears."""

    def __init__(self, balancer: Balancer, number: int) -> None:
        self.texts: list[int] = []
        self.closes: list[int | None] = []
        self.is_joined = False
        self._task = asyncio.create_task(self._stay(balancer, number))

    async def _stay(self, balancer: Balancer, number: int) -> None:
        while True:
            visit = len(self.closes)
            async with client_at(balancer, f"127.0.0.{10 + number}", f"{number}.{visit}") as socket:
                await socket.send(json.dumps({"type": "join", "roomId": "drained"}))
                with contextlib.suppress(websockets.ConnectionClosed):
                    async for raw in socket:
                        self._take(json.loads(raw))
            self.is_joined = False
            self.closes.append(socket.close_code)

    def _take(self, event: dict[str, Any]) -> None:
        if event["type"] == "joined":
            self.is_joined = True
        elif event["type"] == "message":
            self.texts.append(event["text"])

    def check(self) -> None:
        """A visitor ends only when it was refused, or lost otherwise."""
        if self._task.done():
            self._task.result()

    async def leave(self) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task


@pytest.mark.parametrize("program", PROGRAMS)
async def test_an_instance_is_drained_while_clients_stay_served(
    start_hosts, start_balancer, program: str
) -> None:
    hosts = await start_hosts(**TRUSTING)
    balancer = await start_balancer(program, main_of(program), hosts)
    visitors = [Visitor(balancer, number) for number in range(10)]

    def all_here() -> bool:
        for visitor in visitors:
            visitor.check()
        return all(visitor.is_joined for visitor in visitors)

    await until(all_here, "all have joined")

    async with client_at(balancer, "127.0.0.9", "speaker") as speaker:
        leaving, staying = hosts if "speaker" in hosts[1].seen else hosts[::-1]
        moved = [visitor for number, visitor in enumerate(visitors) if f"{number}.0" in leaving.seen]
        await leaving.drain(1.0)
        said = 0
        while not all(visitor.closes for visitor in moved):
            said += 1
            assert (await ask(speaker, type="message", roomId="drained", text=said))["type"] == "ack"
            async with client_at(balancer, "127.0.0.8", f"new.{said}"):
                pass
            all_here()
        await leaving.until_drained()
        await until(all_here, "all are back")
        assert (await ask(speaker, type="message", roomId="drained", text="last"))["type"] == "ack"
        await until(lambda: all(visitor.texts[-1:] == ["last"] for visitor in visitors), "all hear the last")

    assert [visitor.closes for visitor in moved] == [[1012]] * len(moved)
    for visitor in visitors:
        if visitor not in moved:
            assert visitor.closes == []
            assert visitor.texts == [*range(1, said + 1), "last"]
        assert visitor.texts == sorted(visitor.texts[:-1]) + ["last"]
    assert {query for query in staying.seen if query.endswith(".1")} >= {
        f"{number}.1" for number, visitor in enumerate(visitors) if visitor in moved
    }
    for visitor in visitors:
        await visitor.leave()
