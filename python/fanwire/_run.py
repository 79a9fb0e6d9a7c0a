"""One run of a server, from start to stop."""

import asyncio
import atexit
import contextlib
import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextvars import copy_context
from typing import Any

from fanwire._bridge import NativeServer, Options, bridge_of, log_level
from fanwire._hooks import HookRunner


class Dispatcher:
    """A thread with an event loop, for the hooks of a server that was started without one."""

    def __init__(self, timeout: float) -> None:
        self.loop = asyncio.new_event_loop()
        self.hooks = HookRunner(self.loop, timeout)
        self._timeout = timeout
        self._bridge = bridge_of(self.loop)
        # At exit the server is stopped first; a hook that hangs must not keep the process.
        self._thread = threading.Thread(target=self._run, name="fanwire-hooks", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.loop.run_forever()
            self._bridge.drain_all()
            self.loop.run_until_complete(self._finish())
            self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        finally:
            self.loop.close()

    async def _finish(self) -> None:
        """Cancels what hooks have left running; what has stopped the server is waited for."""
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks.difference(self.hooks.spared):
            task.cancel()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=self._timeout)
            for task in late:
                task.cancel()

    def end(self) -> None:
        """Ends the thread; waits for it if it is another, not longer than a hook may hold it up."""
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self.loop.stop)
        if threading.current_thread() is not self._thread:
            self._thread.join(self._timeout)


def _on_a_thread(function: Callable[..., None], *arguments: Any) -> None:
    try:
        threading.Thread(target=function, args=arguments, name="fanwire-stop").start()
    except RuntimeError:
        # No thread can be had: better to hold up the loop than not to stop.
        function(*arguments)


class Run:
    """A server that was started. `loop` is where its hooks run."""

    def __init__(
        self,
        options: Options,
        hooks: Mapping[str, Callable[..., object]],
        runner: HookRunner,
        dispatcher: Dispatcher | None = None,
    ) -> None:
        self.loop = runner.loop
        self._hooks = runner
        self._bridge = bridge_of(self.loop)
        self._dispatcher = dispatcher
        self._lock = threading.Lock()
        self._stopped: Future[None] | None = None
        self.native = NativeServer(
            options,
            self._bridge.queue,
            dict(hooks),
            runner.settle,
            runner.failed,
            copy_context(),
            log_level(),
        )

    def start(self) -> None:
        self.native.start()
        _live.add(self)

    @property
    def stopped(self) -> Future[None] | None:
        """Done when the server has stopped; None before anybody asks for that."""
        return self._stopped

    @property
    def is_stopped(self) -> bool:
        return self._stopped is not None and self._stopped.done()

    def call(self, function: Callable[..., None], *arguments: Any) -> asyncio.Future[Any]:
        """Calls a function of the native server; how it went comes to whatever loop this is."""
        loop = asyncio.get_running_loop()
        bridge = self._bridge if loop is self.loop else bridge_of(loop)
        return bridge.call(loop, function, *arguments)

    def stop_blocking(self, drain: float) -> None:
        self.native.check_fork()
        stopped, is_first = self._claim_stop()
        if is_first:
            self._stop(stopped, drain)
        elif drain == 0:
            self.native.stop(0.0)  # cuts short the drain of the other
        stopped.result()

    async def stop(self, drain: float) -> None:
        self.native.check_fork()
        is_at_home = asyncio.get_running_loop() is self.loop
        if is_at_home and (task := asyncio.current_task()):
            self._hooks.spared.add(task)
        stopped, is_first = self._claim_stop()
        if is_first:
            _on_a_thread(self._stop, stopped, drain)
        elif drain == 0 and not stopped.done():
            _on_a_thread(self.native.stop, 0.0)  # cuts short the drain of the other
        await asyncio.shield(asyncio.wrap_future(stopped))
        if is_at_home:
            self._finish()
            await self._hooks.closed()

    def _claim_stop(self) -> tuple[Future[None], bool]:
        with self._lock:
            if self._stopped is not None:
                return self._stopped, False
            self._stopped = Future()
            self._stopped.set_running_or_notify_cancel()
            return self._stopped, True

    def _stop(self, stopped: Future[None], drain: float) -> None:
        failure = None
        try:
            self.native.stop(drain)
        except BaseException as error:
            failure = error
        _live.discard(self)
        self._finish_at_home()
        # Before the dispatcher ends: the hook that waits for this stop may run there.
        if failure is None:
            stopped.set_result(None)
        else:
            stopped.set_exception(failure)
        if self._dispatcher is not None:
            self._dispatcher.end()

    def _finish_at_home(self) -> None:
        try:
            if self.loop.is_running():
                self.loop.call_soon_threadsafe(self._finish)
                return
        except RuntimeError:
            pass  # closed meanwhile
        self.native.close()

    def _finish(self) -> None:
        """On the loop's thread: tells what the stopped server still had to tell, and lets go of the hooks."""
        try:
            self._bridge.drain_all()
        finally:
            self.native.close()
            self._hooks.close()


# A running server lives on though its host keeps nothing of it, until it is stopped or the process ends.
_live: set[Run] = set()


@atexit.register
def _stop_all() -> None:
    for run in list(_live):
        run.stop_blocking(0.0)


# The child has no part in its parent's servers.
os.register_at_fork(after_in_child=_live.clear)
