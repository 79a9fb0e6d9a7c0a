"""Waiting for a condition, never for a time."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any

DEADLINE = 15.0


async def until(
    condition: Callable[[], Any | Awaitable[Any]], what: str, deadline: float = DEADLINE, step: float = 0.005
) -> Any:
    """What `condition` gave when it first held; fails with `what` if it does not in time."""
    end = time.monotonic() + deadline
    while True:
        result = condition()
        if inspect.isawaitable(result):
            result = await result
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"after {deadline:g} s still not: {what}")
        await asyncio.sleep(step)
