"""What `on_connect` is shown of a client behind a proxy."""

import re
from typing import Any

import fanwire
import pytest
import websockets


async def address_of(connect: Any, headers: dict[str, str], **options: Any) -> tuple[str, fanwire.Stats]:
    seen: list[str] = []
    server = fanwire.Server(port=0, **options)
    server.on_connect(lambda request: seen.append(request.remote_address))
    async with server:
        async with connect(server, additional_headers=headers):
            pass
        return seen[0], server.stats()


async def test_a_trusted_proxy_says_who_the_client_is(connect: Any) -> None:
    headers = {"X-Forwarded-For": "203.0.113.9, 192.0.2.1, 10.0.0.7"}

    address, stats = await address_of(connect, headers, trusted_proxies=["127.0.0.1", "10.0.0.0/8"])

    assert address == "192.0.2.1"
    assert stats.forwarded_ignored == 0


async def test_nobody_is_trusted_by_default(connect: Any) -> None:
    address, stats = await address_of(connect, {"X-Forwarded-For": "192.0.2.1"})

    assert address.startswith("127.0.0.1:")
    assert stats.forwarded_ignored == 1


async def test_a_trusted_proxy_without_the_proxy_header_is_closed_and_counted(connect: Any) -> None:
    async with fanwire.Server(port=0, trusted_proxies=["127.0.0.1"], proxy_protocol=True) as server:
        with pytest.raises((websockets.InvalidMessage, OSError)):
            async with connect(server):
                pass

        assert server.stats().bad_proxy_headers == 1


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"trusted_proxies": ["10.0.0.0/33"]}, "`trusted_proxies` has `10.0.0.0/33`"),
        ({"trusted_proxies": ["::1", "proxy.example"]}, "`trusted_proxies` has `proxy.example`"),
        ({"proxy_protocol": True}, "`proxy_protocol` needs `trusted_proxies`"),
    ],
)
def test_what_cannot_be_meant_is_refused(options: Any, named: str) -> None:
    with pytest.raises(ValueError, match=re.escape(named)):
        fanwire.Server(port=0, **options)
