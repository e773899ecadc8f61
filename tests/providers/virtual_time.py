"""Event loop in virtual time: waits end at once, sockets and threads are real.

When nothing can happen before the next timer, the clock jumps to it. Server and client share the
loop, so a request in flight always has something to happen. The clocks of `time` follow.
"""

from __future__ import annotations

import asyncio
import os
import selectors
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar
from unittest.mock import patch

T = TypeVar("T")

_LOOKS = 2
"""Looks without an event after which the clock jumps: loopback delivers at once."""

_PATIENCE_S, _LONGEST_S = 1.0, 14_400.0
"""Real time without an event or a timer, and virtual time, after which a run counts as stuck."""


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in virtual time; return its result. Raises RuntimeError if it is stuck."""
    clock = _Clock()
    loop = _Loop(clock)
    with (
        patch.object(time, "monotonic", clock.shifted(time.monotonic)),
        patch.object(time, "time", clock.shifted(time.time)),
        asyncio.Runner(loop_factory=lambda: loop) as runner,
    ):
        try:
            return runner.run(loop.noted(main))
        except asyncio.CancelledError:
            raise RuntimeError("stuck: nothing was left to happen, or nothing came of it") from None


class _Clock:
    """Seconds that were skipped so far."""

    def __init__(self) -> None:
        self.skipped = 0.0

    def shifted(self, real: Callable[[], float]) -> Callable[[], float]:
        return lambda: real() + self.skipped


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, clock: _Clock) -> None:
        self.jobs = 0
        self._main: asyncio.Task[Any] | None = None
        super().__init__(_Selector(self, clock))

    async def noted(self, main: Coroutine[Any, Any, T]) -> T:
        """Run the coroutine that `unstick` is to cancel."""
        self._main = asyncio.current_task()
        return await main

    def unstick(self) -> None:
        """Cancel the run, whose tasks then end in order."""
        if self._main is None or self._main.done():
            raise RuntimeError("stuck after the end of the run")
        self._main.cancel()

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:
        """Run in a thread; the clock stands still meanwhile."""
        self.jobs += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._ended)
        return future

    def _ended(self, _: object) -> None:
        self.jobs -= 1


class _Selector(selectors.DefaultSelector):
    """Selector that skips the time in which nothing happens."""

    def __init__(self, loop: _Loop, clock: _Clock) -> None:
        super().__init__()
        self._loop, self._clock, self._until = loop, clock, _LONGEST_S

    def select(self, timeout: float | None = None) -> Any:
        """Return the events, none once `timeout` has passed or was skipped."""
        if timeout is not None and timeout <= 0:
            return super().select(timeout)
        if self._loop.jobs:
            return super().select(_PATIENCE_S)
        if timeout is None:
            if events := super().select(_PATIENCE_S):
                return events
            self._loop.unstick()
            return []
        for _ in range(_LOOKS):
            if events := super().select(0):
                return events
            os.sched_yield()
        self._clock.skipped += timeout
        if self._clock.skipped > self._until:
            self._until += _LONGEST_S
            self._loop.unstick()
        return []
