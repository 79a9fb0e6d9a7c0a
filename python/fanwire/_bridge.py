"""Where Python and the core meet. Nothing else imports `_native`."""

import asyncio
import logging
import os
import threading
from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from fanwire import _native
from fanwire._native import ConnectRequest as ConnectRequest
from fanwire._native import DisconnectNotice as DisconnectNotice
from fanwire._native import JoinRequest as JoinRequest
from fanwire._native import LeaveNotice as LeaveNotice
from fanwire._native import MessageRequest as MessageRequest
from fanwire._native import Options as Options
from fanwire._native import Reply as Reply
from fanwire._native import error_names as error_names
from fanwire._native import is_sendable as is_sendable
from fanwire._native import option_table as option_table
from fanwire._native import version as version
from fanwire.errors import ERRORS, InternalError
from fanwire.notices import bus_state_notice

# A second import in another interpreter does not run the module's own check.
_native.refuse_sub_interpreters()
_native.register_errors(ERRORS)
_native.register_bus_state(bus_state_notice)

NativeServer = _native.Server

logger = logging.getLogger("fanwire")

_LEVELS = (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR)


def log_level() -> int:
    """The least level, as the core counts them, that the logger lets through now."""
    return next((at for at, level in enumerate(_LEVELS) if logger.isEnabledFor(level)), len(_LEVELS))


def make_options(given: Mapping[str, Any]) -> Options:
    """Checked options from keyword arguments."""
    known = {entry["name"] for entry in option_table()}
    options = Options()
    for name, value in given.items():
        if name not in known:
            raise TypeError(f"Server() got an unexpected keyword argument {name!r}")
        options.set(name, value)
    options.check()
    return options


class LoopBridge:
    """All that comes from the core to one event loop: one descriptor in the loop, whatever servers there are.

    Used on the loop's own thread, but for `queue`, which the core's threads fill.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.queue = _native.Queue()
        self._ticket = 0
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        loop.add_reader(self.queue.fileno(), self.drain)

    def drain(self) -> bool:
        """Takes what waits, up to a batch. Returns whether more may wait."""
        return _native.drain(self.queue, self._completed, self._logged)

    def drain_all(self) -> None:
        """Takes all that waits."""
        while self.drain():
            pass

    def call(
        self, loop: asyncio.AbstractEventLoop, function: Callable[..., None], *arguments: Any
    ) -> asyncio.Future[Any]:
        """Calls a function of the native server that reports later how it went."""
        self._ticket = ticket = self._ticket + 1
        self._waiting[ticket] = future = loop.create_future()
        try:
            function(self.queue, ticket, *arguments)
        except BaseException:
            del self._waiting[ticket]
            raise
        return future

    def _completed(self, ticket: int, code: str | None, message: str | None, result: Any) -> None:
        future = self._waiting.pop(ticket)
        if future.done():
            return
        if code is None:
            future.set_result(result)
        else:
            future.set_exception(ERRORS.get(code, InternalError)(message or ""))

    def _logged(self, level: int, line: str) -> None:
        logger.log(_LEVELS[level], "%s", line)


_bridges: WeakKeyDictionary[asyncio.AbstractEventLoop, LoopBridge] = WeakKeyDictionary()
_lock = threading.Lock()


def bridge_of(loop: asyncio.AbstractEventLoop) -> LoopBridge:
    """The bridge of a loop; made when first asked for: on the loop's thread, or before the loop runs."""
    with _lock:
        bridge = _bridges.get(loop)
        if bridge is None:
            # Futures that were never told would hold their loop, and so keep its entry, for ever.
            for closed in [other for other in _bridges if other.is_closed()]:
                del _bridges[closed]
            bridge = _bridges[loop] = LoopBridge(loop)
    return bridge


def _forget_parent() -> None:
    """In a forked child: the loops are the parent's, and another thread may have held the lock."""
    global _bridges, _lock
    _bridges = WeakKeyDictionary()
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_forget_parent)
