"""Runs a governor's turns: often enough for requests to go in time, seldom enough for the disk."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Sequence

from culture_ray.errors import CultureRayError
from culture_ray.spending.governor import PLAN_EVERY_S, Governor
from culture_ray.spending.messages import Message, Reply, Reserve, Verdict

GATHER_S = 0.02
"""How long messages are gathered before they are written down together."""

POLL_S = 1.0
"""How long a worker's question for verdicts stays open."""


class GovernorServer:
    """Where workers reach the governor; lives in one event loop."""

    def __init__(self, open_governor: Callable[[float], Governor]) -> None:
        """Open the governor, given the time; raises BadLedger and DiskProblem."""
        self._clock = _Clock()
        self._governor = open_governor(self._clock.now())
        self._name = secrets.token_hex(4)
        self._inbox: list[tuple[str, Message]] = []
        self._polled: set[str] = set()
        self._verdicts: dict[str, list[Verdict]] = defaultdict(list)
        self._ready: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._told = asyncio.Event()
        self._turns, self._turned = 0, asyncio.Condition()
        self._failed: CultureRayError | None = None
        self._loop: asyncio.Task[None] | None = None

    @property
    def governor(self) -> Governor:
        """Return the governor, to look at its books."""
        return self._governor

    async def post(self, worker: str, messages: Sequence[Message]) -> str:
        """Take messages in; return which governor has them."""
        if self._loop is None:
            self._loop = asyncio.create_task(self._run())
        if self._failed is not None:
            self._refuse(worker, messages)
        else:
            self._inbox += [(worker, message) for message in messages]
            self._told.set()
        return self._name

    async def poll(self, worker: str) -> Reply:
        """Return the verdicts for a worker, soon when there are none."""
        if not self._verdicts[worker]:
            self._ready[worker].clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ready[worker].wait(), POLL_S)
        self._polled.add(worker)
        return Reply(self._name, self._verdicts.pop(worker, []))

    async def flush(self) -> None:
        """Wait until all that was posted before is on disk."""
        if self._loop is None or self._failed is not None:
            return
        last = self._turns + 2  # one may be under way that began too early
        async with self._turned:
            while self._turns < last and self._failed is None:
                self._told.set()
                await self._turned.wait()

    async def close(self) -> None:
        """Write everything down and stop."""
        await self.flush()
        if self._loop is not None:
            self._loop.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._loop

    async def _run(self) -> None:
        while self._failed is None:
            with contextlib.suppress(TimeoutError):
                patience = PLAN_EVERY_S if self._governor.waiting else POLL_S
                await asyncio.wait_for(self._told.wait(), patience)
            await asyncio.sleep(GATHER_S)
            self._told.clear()
            inbox, self._inbox = self._inbox, []
            polled, self._polled = self._polled, set()
            try:
                # The disk may take its time; workers are heard meanwhile.
                verdicts = await asyncio.to_thread(self._turn, inbox, polled)
            except CultureRayError as error:
                self._failed = error
                for worker, message in inbox + self._inbox:
                    self._refuse(worker, [message])
                for worker, ticket in self._governor.left:
                    self._give(worker, Verdict(ticket, refused=error))
                verdicts = []
            for worker, verdict in verdicts:
                self._give(worker, verdict)
            async with self._turned:
                self._turns += 1
                self._turned.notify_all()

    def _turn(
        self, inbox: list[tuple[str, Message]], polled: set[str]
    ) -> list[tuple[str, Verdict]]:
        now = self._clock.now()
        for worker in polled:
            self._governor.alive(worker, now)
        answers = [
            (worker, verdict)
            for worker, message in inbox
            for verdict in self._governor.hear(worker, message, now)
        ]
        return answers + self._governor.turn(now)

    def _give(self, worker: str, verdict: Verdict) -> None:
        self._verdicts[worker].append(verdict)
        self._ready[worker].set()

    def _refuse(self, worker: str, messages: Sequence[Message]) -> None:
        for message in messages:
            if isinstance(message, Reserve):
                self._give(worker, Verdict(message.ticket, refused=self._failed))


class _Clock:
    """Seconds since 1970 that never go back."""

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def now(self) -> float:
        return self._offset + time.monotonic()
