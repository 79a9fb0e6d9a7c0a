"""Fixtures over the harness in tests/support/redis: each test has a Redis, proxies and servers of its own."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

# At the end: the folders here are namespace packages, and must not hide real ones.
sys.path.append(str(Path(__file__).resolve().parents[1]))

from support.redis import FaultProxy, Instance, RawClient, RedisServer, Rig, TextbookServer  # noqa: E402


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    """Ends, in reverse order, whatever a test has started."""
    async with AsyncExitStack() as kept:
        yield kept


@pytest.fixture
async def start_redis(stack: AsyncExitStack) -> Callable[..., Awaitable[RedisServer]]:
    async def start(**settings: Any) -> RedisServer:
        server = await RedisServer.start(**settings)
        stack.push_async_callback(server.close)
        return server

    return start


@pytest.fixture
async def redis(start_redis: Callable[..., Awaitable[RedisServer]]) -> RedisServer:
    return await start_redis()


@pytest.fixture
async def start_proxy(stack: AsyncExitStack) -> Callable[[RedisServer], Awaitable[FaultProxy]]:
    async def start(server: RedisServer) -> FaultProxy:
        proxy = await FaultProxy.start(server.port)
        stack.push_async_callback(proxy.close)
        return proxy

    return start


@pytest.fixture
async def start_instance(stack: AsyncExitStack) -> Callable[..., Awaitable[Instance]]:
    async def start(redis: str = "", name: str = "instance", **options: Any) -> Instance:
        instance = await Instance.start(redis, name, **options)
        stack.push_async_callback(instance.process.kill)
        return instance

    return start


@pytest.fixture
async def start_rig(stack: AsyncExitStack, redis: RedisServer) -> Callable[..., Awaitable[Rig]]:
    async def start(title: str, names: str = "ab", server: RedisServer = redis, **options: Any) -> Rig:
        return await Rig.start(title, server, stack, names, **options)

    return start


@pytest.fixture
async def textbook(stack: AsyncExitStack, redis: RedisServer) -> TextbookServer:
    server = await TextbookServer.start(redis.url)
    stack.push_async_callback(server.process.kill)
    return server


@pytest.fixture
async def connect(stack: AsyncExitStack) -> Callable[..., Awaitable[RawClient]]:
    async def open_client(
        server: Instance | TextbookServer | str, name: str = "client", **how: Any
    ) -> RawClient:
        client = await RawClient.connect(server if isinstance(server, str) else server.url, name, **how)
        stack.push_async_callback(client.close)
        return client

    return open_client
