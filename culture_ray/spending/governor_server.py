"""Event loop of a governor: ticks often enough to send in time, seldom enough for the disk."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Sequence

from culture_ray.errors import CultureRayError
from culture_ray.spending.governing.admissions import PLAN_EVERY_S
from culture_ray.spending.governor import Governor
from culture_ray.spending.messages import Admission, Message, Overview, Reply, Reserve

GATHER_S = 0.02
"""Time for which messages are gathered before they are written together."""

POLL_S = 1.0
"""Time for which a worker's poll for admissions stays open."""


class GovernorServer:
    """Server through which workers reach the governor; lives in one event loop."""

    def __init__(self, open_governor: Callable[[float], Governor]) -> None:
        """Open the governor, given the time; raises BadLedger and DiskProblem."""
        self._clock = _Clock()
        self._governor = open_governor(self._clock.now())
        self._id = secrets.token_hex(4)
        self._inbox: list[tuple[str, Message]] = []
        self._polled: set[str] = set()
        self._admissions: dict[str, list[Admission]] = defaultdict(list)
        self._ready: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._wake = asyncio.Event()
        self._ticks, self._ticked = 0, asyncio.Condition()
        self._error: CultureRayError | None = None
        self._loop: asyncio.Task[None] | None = None
        self._closing = False

    @property
    def governor(self) -> Governor:
        """Return the governor, to read its balances."""
        return self._governor

    def overview(self) -> Overview:
        """Return the state of the accounts now."""
        return self._governor.overview(self._clock.now())

    async def post(self, worker: str, messages: Sequence[Message]) -> str:
        """Take in messages; return the id of the governor that has them."""
        if self._loop is None:
            self._loop = asyncio.create_task(self._run())
        if self._error is not None:
            self._refuse(worker, messages)
        else:
            self._inbox += [(worker, message) for message in messages]
            self._wake.set()
        return self._id

    async def poll(self, worker: str) -> Reply:
        """Return the admissions for a worker; waits up to POLL_S for the first one."""
        if not self._admissions[worker]:
            self._ready[worker].clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ready[worker].wait(), POLL_S)
        self._polled.add(worker)
        return Reply(self._id, self._admissions.pop(worker, []))

    async def flush(self) -> None:
        """Wait until everything posted so far is on disk."""
        if self._loop is None or self._error is not None:
            return
        last = self._ticks + 2  # one may be under way that began too early
        async with self._ticked:
            while self._ticks < last and self._error is None:
                self._wake.set()
                await self._ticked.wait()

    async def close(self) -> None:
        """Write everything to disk and stop; the ledger is not used any more afterwards."""
        await self.flush()
        self._closing = True
        if self._loop is not None:
            self._wake.set()
            await self._loop

    async def _run(self) -> None:
        while self._error is None and not self._closing:
            with contextlib.suppress(TimeoutError):
                patience = PLAN_EVERY_S if self._governor.queue_length else POLL_S
                await asyncio.wait_for(self._wake.wait(), patience)
            await asyncio.sleep(GATHER_S)
            self._wake.clear()
            inbox, self._inbox = self._inbox, []
            polled, self._polled = self._polled, set()
            try:
                # The disk may be slow; messages are still taken in meanwhile.
                admissions = await asyncio.to_thread(self._tick, inbox, polled)
            except CultureRayError as error:
                self._error = error
                for worker, message in inbox + self._inbox:
                    self._refuse(worker, [message])
                for worker, ticket in self._governor.queued:
                    self._deliver(worker, Admission(ticket, error=error))
                admissions = []
            for worker, admission in admissions:
                self._deliver(worker, admission)
            async with self._ticked:
                self._ticks += 1
                self._ticked.notify_all()

    def _tick(
        self, inbox: list[tuple[str, Message]], polled: set[str]
    ) -> list[tuple[str, Admission]]:
        now = self._clock.now()
        for worker in polled:
            self._governor.heartbeat(worker, now)
        admissions = [
            (worker, admission)
            for worker, message in inbox
            for admission in self._governor.receive(worker, message, now)
        ]
        return admissions + self._governor.tick(now)

    def _deliver(self, worker: str, admission: Admission) -> None:
        self._admissions[worker].append(admission)
        self._ready[worker].set()

    def _refuse(self, worker: str, messages: Sequence[Message]) -> None:
        for message in messages:
            if isinstance(message, Reserve):
                self._deliver(worker, Admission(message.ticket, error=self._error))


class _Clock:
    """Monotonic seconds since 1970."""

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def now(self) -> float:
        return self._offset + time.monotonic()
