"""What becomes of the results of hooks, on the loop in which the hooks run."""

import asyncio
import inspect
import time
from collections.abc import Awaitable
from contextvars import Context
from typing import Any
from weakref import WeakSet

from fanwire._bridge import (
    ConnectRequest,
    DisconnectNotice,
    JoinRequest,
    LeaveNotice,
    MessageRequest,
    Reply,
    error_names,
    is_sendable,
    logger,
)
from fanwire._json import encode_field
from fanwire.decisions import Accept, Allow, Change, Drop, Refuse, Reject
from fanwire.notices import BusStateNotice

_Request = ConnectRequest | JoinRequest | MessageRequest
_Notice = LeaveNotice | DisconnectNotice | BusStateNotice
_Task = asyncio.Task[None]

# How much longer than it may take a task may live: the core is to say first that its time is over.
_GRACE = 1.0

_CODES = frozenset(error_names())


_NAMES: dict[type, str] = {
    ConnectRequest: "on_connect",
    JoinRequest: "on_join",
    MessageRequest: "on_message",
    LeaveNotice: "on_leave",
    DisconnectNotice: "on_disconnect",
    BusStateNotice: "on_bus_state",
}


def answer(reply: Reply, decision: object) -> None:
    """Answers with what a hook returned. Raises TypeError or ValueError if that is no decision."""
    hook = reply.hook
    match decision:
        case None | True:
            reply.allow()
        case False:
            reply.deny()
        case Accept(user) if hook == "on_connect":
            reply.accept(encode_field("user", user))
        case Reject(code, reason) if hook == "on_connect":
            if not is_sendable(code):
                raise ValueError(f"{code} is no close code that may be sent")
            reply.reject(code, reason)
        case Allow() if hook != "on_connect":
            reply.allow()
        case Change() if hook == "on_message":
            reply.change(
                encode_field("user", decision.user),
                encode_field("text", decision.text),
                encode_field("data", decision.data),
            )
        case Drop() if hook == "on_message":
            reply.drop()
        case Refuse(code, message) if hook != "on_connect":
            if code not in _CODES:
                raise ValueError(f"there is no error code {code!r}")
            reply.refuse(code, message)
        case _:
            raise TypeError(f"{decision!r} is not what this hook can answer")


class _LogLimit:
    """Lets a few lines a second through and counts the rest: what clients provoke must not flood the log."""

    def __init__(self, per_second: int) -> None:
        self._per_second = per_second
        self._second = 0
        self._logged = 0
        self._skipped = 0

    def admit(self) -> int | None:
        """How many lines were skipped since one was let through; None if this one is skipped too."""
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._logged = second, 0
        if self._logged == self._per_second:
            self._skipped += 1
            return None
        self._logged += 1
        skipped, self._skipped = self._skipped, 0
        return skipped


class HookRunner:
    """Runs the async hooks of one started server as tasks, and logs what hooks raise.

    On the loop's thread. A request's task whose time is over, or whose server has stopped, is cancelled:
    nobody waits for it.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, timeout: float) -> None:
        self.loop = loop
        self._timeout = timeout
        # With what each awaits and until when, in the order in which they began.
        self._tasks: dict[_Task, tuple[Awaitable[object], float]] = {}
        self._cancelled: set[_Task] = set()
        # Of notifications. Nobody waits for them, so their time is not limited.
        self._notices: set[_Task] = set()
        # Hooks that stop the server themselves live on, and so do notifications.
        self.spared: WeakSet[asyncio.Task[Any]] = WeakSet()
        self._timer: asyncio.TimerHandle | None = None
        self._limit = _LogLimit(10)

    def settle(
        self, reply: Reply | None, result: object, request: _Request | _Notice, context: Context
    ) -> None:
        """Deals with a result that is neither None nor a bool. Called by the core's queue.

        A notification has no reply.
        """
        if reply is None:
            if inspect.isawaitable(result):
                self._begin_notice(self.loop.create_task(self._follow(result, request), context=context))
            return
        if inspect.isawaitable(result):
            task = self.loop.create_task(self._finish(reply, result, request), context=context)
            deadline = self.loop.time() + self._timeout + _GRACE
            self._tasks[task] = (result, deadline)
            if self._timer is None:
                self._timer = self.loop.call_at(deadline, self._expire)
            return
        try:
            answer(reply, result)
        except Exception as error:
            reply.abandon()
            self.failed(request, error)

    def _begin_notice(self, task: _Task) -> None:
        self._notices.add(task)
        self.spared.add(task)
        task.add_done_callback(self._notices.discard)

    async def _follow(self, awaitable: Awaitable[object], notice: _Request | _Notice) -> None:
        try:
            await awaitable
        except Exception as error:
            self.failed(notice, error)

    def failed(self, request: _Request | _Notice, error: BaseException) -> None:
        """Logs what a hook raised. Called by the core's queue, too."""
        skipped = self._limit.admit()
        if skipped is None:
            return
        more = f" ({skipped} errors before it were not logged)" if skipped else ""
        trace = (type(error), error, error.__traceback__)
        name = _NAMES[type(request)]
        denies = "" if isinstance(request, _Notice) else ", which denies"
        logger.error("%s failed%s: %r%s", name, denies, request, more, exc_info=trace)

    async def _finish(self, reply: Reply, awaitable: Awaitable[object], request: _Request | _Notice) -> None:
        try:
            answer(reply, await awaitable)
        except Exception as error:
            self.failed(request, error)
        finally:
            reply.abandon()
            # None where the loop was closed over an unfinished hook, and the coroutine is thrown away.
            if task := asyncio.current_task(self.loop):
                self._tasks.pop(task, None)
                self._cancelled.discard(task)

    def _expire(self) -> None:
        self._timer = None
        now = self.loop.time()
        late = []
        for task, (_, deadline) in self._tasks.items():
            if deadline > now:
                self._timer = self.loop.call_at(deadline, self._expire)
                break
            late.append(task)
        for task in late:
            self._cancel(task)

    def _cancel(self, task: _Task) -> None:
        awaitable, _ = self._tasks.pop(task)
        if task in self.spared:
            return
        if inspect.iscoroutine(awaitable) and inspect.getcoroutinestate(awaitable) == inspect.CORO_CREATED:
            # Cancelled before its first step, a task never comes to its coroutine, which would complain.
            awaitable.close()
        else:
            self._cancelled.add(task)
        task.cancel()

    def close(self) -> None:
        """Cancels what still runs: the server has stopped."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for task in list(self._tasks):
            self._cancel(task)

    async def closed(self) -> None:
        """Closes, and waits until the cancelled hooks and the notifications are through.

        Not longer than a hook may take: then these are cancelled, too.
        """
        self.close()
        if others := (self._cancelled | self._notices) - {asyncio.current_task()}:
            _, late = await asyncio.wait(others, timeout=self._timeout)
            for task in late:
                task.cancel()
