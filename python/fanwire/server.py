"""The server."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, wait
from types import TracebackType
from typing import Any, Self, TypeAlias, TypeVar, Unpack

from fanwire._bridge import (
    ConnectRequest,
    DisconnectNotice,
    JoinRequest,
    LeaveNotice,
    MessageRequest,
    Options,
    make_options,
)
from fanwire._hooks import HookRunner
from fanwire._json import encode, encode_field
from fanwire._run import Dispatcher, Run
from fanwire.decisions import ABSENT, ConnectDecision, JoinDecision, MessageDecision
from fanwire.errors import BadRoomError, NotRunningError
from fanwire.notices import BusStateNotice
from fanwire.options import ServerOptions
from fanwire.results import PublishResult, SendResult, Stats

ConnectHook: TypeAlias = Callable[[ConnectRequest], ConnectDecision | Awaitable[ConnectDecision]]
JoinHook: TypeAlias = Callable[[JoinRequest], JoinDecision | Awaitable[JoinDecision]]
MessageHook: TypeAlias = Callable[[MessageRequest], MessageDecision | Awaitable[MessageDecision]]
LeaveHook: TypeAlias = Callable[[LeaveNotice], Awaitable[None] | None]
DisconnectHook: TypeAlias = Callable[[DisconnectNotice], Awaitable[None] | None]
BusStateHook: TypeAlias = Callable[[BusStateNotice], Awaitable[None] | None]

_ConnectHook = TypeVar("_ConnectHook", bound=ConnectHook)
_JoinHook = TypeVar("_JoinHook", bound=JoinHook)
_MessageHook = TypeVar("_MessageHook", bound=MessageHook)
_LeaveHook = TypeVar("_LeaveHook", bound=LeaveHook)
_DisconnectHook = TypeVar("_DisconnectHook", bound=DisconnectHook)
_BusStateHook = TypeVar("_BusStateHook", bound=BusStateHook)


class Server:
    """A real-time server inside this process, on threads of its own.

    With an event loop: `async with Server(...)`, or `await start()` and `await stop()`; hooks run in that
    loop. Without one: `with Server(...)`, or `start_blocking()` and `stop_blocking()`; hooks, plain and
    async, run in an event loop on a thread of the server's. Either way it serves until it is stopped or the
    process ends.

    May be used from any thread and any event loop. In a forked child a server that was started before raises
    ForkedError; one that was only made can be started there.
    """

    def __init__(
        self,
        *,
        on_connect: ConnectHook | None = None,
        on_join: JoinHook | None = None,
        on_message: MessageHook | None = None,
        on_leave: LeaveHook | None = None,
        on_disconnect: DisconnectHook | None = None,
        on_bus_state: BusStateHook | None = None,
        **options: Unpack[ServerOptions],
    ) -> None:
        """Prepares a server; nothing runs yet. Raises ValueError, which names the option that is wrong."""
        self._options = make_options(options)
        given: dict[str, Callable[..., object] | None] = {
            "on_connect": on_connect,
            "on_join": on_join,
            "on_message": on_message,
            "on_leave": on_leave,
            "on_disconnect": on_disconnect,
            "on_bus_state": on_bus_state,
        }
        self._hooks = {name: hook for name, hook in given.items() if hook is not None}
        self._lock = threading.Lock()
        self._run: Run | None = None

    @classmethod
    def _from_options(cls, options: Options) -> Self:
        server = cls()
        server._options = options
        return server

    def on_connect(self, hook: _ConnectHook) -> _ConnectHook:
        """Decorator: `hook` is asked before a client may connect. Without one, everybody may.

        It answers with Accept, Reject, None or True (accept), or False (reject). An exception, or no answer
        within `hook_timeout`, denies.
        """
        self._set_hook("on_connect", hook)
        return hook

    def on_join(self, hook: _JoinHook) -> _JoinHook:
        """Decorator: `hook` is asked before a client joins a room or pattern that it is not in.

        Without one, all may. What the client sent behind its request waits. It answers with Allow, Refuse,
        None or True (allow), or False (refuse). An exception, or no answer within `hook_timeout`, denies.
        """
        self._set_hook("on_join", hook)
        return hook

    def on_message(self, hook: _MessageHook) -> _MessageHook:
        """Decorator: `hook` is asked before a client's message is published. Without one, all are.

        It answers with Allow, Change, Drop, Refuse, None or True (allow), or False (refuse). An exception, or
        no answer within `hook_timeout`, denies.
        """
        self._set_hook("on_message", hook)
        return hook

    def on_leave(self, hook: _LeaveHook) -> _LeaveHook:
        """Decorator: `hook` is told when a client has left a room or pattern, of each when it disconnects.

        It owes no answer, and an exception is only logged.
        """
        self._set_hook("on_leave", hook)
        return hook

    def on_disconnect(self, hook: _DisconnectHook) -> _DisconnectHook:
        """Decorator: `hook` is told when an accepted client has gone, once and behind all else about it.

        It owes no answer, and an exception is only logged. Clients that leave with a stop are told of before
        the stop returns.
        """
        self._set_hook("on_disconnect", hook)
        return hook

    def on_bus_state(self, hook: _BusStateHook) -> _BusStateHook:
        """Decorator: `hook` is told of the bus's first state once the server has started, and of each change.

        It owes no answer, and an exception is only logged. Never called without `redis`.
        """
        self._set_hook("on_bus_state", hook)
        return hook

    def _set_hook(self, name: str, hook: Callable[..., object]) -> None:
        if name in self._hooks:
            raise RuntimeError(f"{name}: this server has that hook already")
        if self._run is not None and not self._run.is_stopped:
            raise RuntimeError(
                f"{name}: set hooks before the server starts, or its first clients slip past them"
            )
        self._hooks[name] = hook

    async def start(self) -> None:
        """Listens; does nothing when running. A server that was stopped may be started again.

        Raises OSError with a sentence that names address and port.
        """
        if stopping := self._stopping():
            await asyncio.wait([asyncio.wrap_future(stopping)])
        self._start(HookRunner(asyncio.get_running_loop(), self._options.hook_timeout))

    def start_blocking(self) -> None:
        """The same without an event loop: hooks run on a thread of the server's."""
        if stopping := self._stopping():
            wait([stopping])
        dispatcher = Dispatcher(self._options.hook_timeout)
        run = None
        try:
            run = self._start(dispatcher.hooks, dispatcher)
        finally:
            if run is None:
                dispatcher.end()

    def _stopping(self) -> Future[None] | None:
        if self._run is None:
            return None
        self._run.native.check_fork()
        return self._run.stopped

    def _start(self, hooks: HookRunner, dispatcher: Dispatcher | None = None) -> Run | None:
        """The new run, or None if there is one."""
        with self._lock:
            if self._run is not None and not self._run.is_stopped:
                return None
            run = Run(self._options, self._hooks, hooks, dispatcher)
            run.start()
            self._run = run
            return run

    async def stop(self, drain: float = 0.0) -> None:
        """Stops: accepts no more, tells the clients (close code 1001), over a time of `drain` seconds.

        Does nothing when stopped; waits when another is at it. May be called from inside a hook, which then
        lives on; other hooks that still run are cancelled, but for those of notifications, which have
        `hook_timeout` to end.
        """
        if self._run is not None:
            await self._run.stop(drain)

    def stop_blocking(self, drain: float = 0.0) -> None:
        """The same from any thread, without an event loop. May be called from inside a plain hook."""
        if self._run is not None:
            self._run.stop_blocking(drain)

    @property
    def is_running(self) -> bool:
        """Whether it has been started and not stopped since."""
        return self._run is not None and self._run.native.is_running

    @property
    def port(self) -> int:
        """The TCP port that it listens on; 0 when stopped."""
        return 0 if self._run is None else self._run.native.port

    @property
    def url(self) -> str:
        """Where clients connect: `ws://127.0.0.1:8080/`. Empty when stopped."""
        return "" if self._run is None else self._run.native.url

    def stats(self) -> Stats:
        """What the server has done and has."""
        return Stats() if self._run is None else Stats(**self._run.native.stats())

    async def publish(
        self, room: str | None, *, user: Any = ABSENT, text: Any = ABSENT, data: Any = ABSENT
    ) -> PublishResult:
        """Publishes a message to a room; to everybody if `room` is None.

        Each field may be anything that JSON can say; what is not given stays absent, None is null. Raises
        BadRoomError, TooLargeError, NotRunningError; ValueError or TypeError for what JSON cannot say.
        """
        run = self._running()
        fields = _fields(user, text, data)
        return PublishResult(*await run.call(run.native.publish, _room(room), *fields))

    def publish_blocking(
        self, room: str | None, *, user: Any = ABSENT, text: Any = ABSENT, data: Any = ABSENT
    ) -> PublishResult:
        """The same from any thread, without an event loop."""
        fields = _fields(user, text, data)
        return PublishResult(*self._running().native.publish_blocking(_room(room), *fields))

    async def publish_raw(
        self, room: str | None, payload: bytes | bytearray | memoryview | str
    ) -> PublishResult:
        """Publishes bytes unchanged, as any peer on the bus could.

        Bytes whose first is 0xFC are a message in envelope form: `BadRequestError` if they cannot be read.
        """
        run = self._running()
        return PublishResult(*await run.call(run.native.publish_raw, _room(room), _bytes(payload)))

    def publish_raw_blocking(
        self, room: str | None, payload: bytes | bytearray | memoryview | str
    ) -> PublishResult:
        """The same from any thread, without an event loop."""
        return PublishResult(*self._running().native.publish_raw_blocking(_room(room), _bytes(payload)))

    async def send(self, client: str, data: Any) -> SendResult:
        """Sends a `direct` message to one client. That the client has gone is a result, no exception."""
        run = self._running()
        return _send_result(await run.call(run.native.send, client, encode("data", data)))

    def send_blocking(self, client: str, data: Any) -> SendResult:
        """The same from any thread, without an event loop."""
        return _send_result(self._running().native.send_blocking(client, encode("data", data)))

    def _running(self) -> Run:
        if self._run is None:
            raise NotRunningError("the server is not running")
        return self._run

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def __enter__(self) -> Self:
        self.start_blocking()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop_blocking()

    def __repr__(self) -> str:
        return f"<fanwire.Server {self.url if self.is_running else 'not running'}>"


def _room(room: str | None) -> str:
    if room == "":
        # The core's word for everybody: an empty variable must not become a broadcast.
        raise BadRoomError("a room name is not empty; None is for everybody")
    return room or ""


def _fields(user: Any, text: Any, data: Any) -> tuple[str | None, str | None, str | None]:
    return encode_field("user", user), encode_field("text", text), encode_field("data", data)


def _bytes(payload: bytes | bytearray | memoryview | str) -> bytes:
    return payload.encode() if isinstance(payload, str) else bytes(payload)


def _send_result(is_delivered: bool) -> SendResult:
    return SendResult.DELIVERED if is_delivered else SendResult.CLIENT_GONE
