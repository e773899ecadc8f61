"""Delivery of a worker's messages to the governor, in few round trips, and of its replies."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

from culture_ray.errors import EngineFailed
from culture_ray.spending.messages import Message, Reply
from culture_ray.spending.tickets import Tickets

GATHER_S = 0.05
"""A worker's messages are gathered for this long and posted in one round trip."""

_RETRY_S, _GIVE_UP_S = 0.5, 120.0
"""Pause between attempts to reach an unavailable governor, and the time after which to give up."""


class Transport(Protocol):
    """Connection to a governor server, in this process or another."""

    async def post(self, worker: str, messages: list[Message]) -> str:
        """Deliver messages; raise GovernorUnavailable if it cannot be reached just now."""

    async def poll(self, worker: str) -> Reply:
        """Return admissions; raise GovernorUnavailable if it cannot be reached just now."""

    async def flush(self) -> None:
        """Wait until everything posted so far is on disk."""


class GovernorUnavailable(Exception):
    """The governor cannot be reached just now, and is being restarted."""


class Delivery:
    """Connection of one worker, whose tickets the governor admits."""

    def __init__(self, transport: Transport, worker: str, tickets: Tickets) -> None:
        self._transport, self._worker, self._tickets = transport, worker, tickets
        self._outbox: list[Message] = []
        self._governor = ""
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._posting = asyncio.Lock()

    def enqueue(self, message: Message) -> None:
        """Post a message with the next ones."""
        self._outbox.append(message)
        self._wake.set()
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._post()), asyncio.create_task(self._poll())]

    async def close(self) -> None:
        """Deliver what is left; raise EngineFailed if the governor does not come back."""
        give_up = time.monotonic() + _GIVE_UP_S
        while not await self._flushed():
            if time.monotonic() > give_up:
                raise EngineFailed("the spending governor is gone")
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def _flushed(self) -> bool:
        """Deliver and flush everything; False if the governor is unavailable just now."""
        await self._deliver()
        if self._governor and not self._outbox:
            try:
                await self._transport.flush()
            except GovernorUnavailable:
                await asyncio.sleep(_RETRY_S)
                return False
        return not self._outbox

    async def _post(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self._deliver()
            await asyncio.sleep(GATHER_S)

    async def _deliver(self) -> None:
        async with self._posting:
            messages, self._outbox = self._outbox, []
            if not messages:
                return
            try:
                self._note_governor(await self._transport.post(self._worker, messages))
            except GovernorUnavailable:
                self._outbox = messages + self._outbox
                self._wake.set()
                await asyncio.sleep(_RETRY_S)

    async def _poll(self) -> None:
        since: float | None = None
        while True:
            try:
                reply = await self._transport.poll(self._worker)
            except GovernorUnavailable as error:
                await asyncio.sleep(_RETRY_S)
                since = time.monotonic() if since is None else since
                if time.monotonic() > since + _GIVE_UP_S:
                    self._tickets.give_up(error)
                continue
            since = None
            self._note_governor(reply.governor)
            for admission in reply.admissions:
                self._tickets.resolve(admission)

    def _note_governor(self, governor: str) -> None:
        """Report attempts in flight and open reservations to a governor that has restarted."""
        if self._governor and governor != self._governor:
            self._outbox += self._tickets.after_restart()
            self._wake.set()
        self._governor = governor
