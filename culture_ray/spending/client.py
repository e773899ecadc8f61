"""Worker's side of an account: sends messages to the governor in few round trips."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Mapping
from typing import Protocol

from culture_ray.errors import EngineFailed
from culture_ray.spending.account import TokenUsage, UsageBound
from culture_ray.spending.breaker import PassingFault
from culture_ray.spending.limiting.limit_headers import is_limit_header
from culture_ray.spending.limiting.send_clock import SendClock
from culture_ray.spending.messages import (
    Admission,
    Answered,
    InFlight,
    MarkUnresolved,
    Message,
    ModelNotice,
    Overloaded,
    RateLimited,
    RateLimitHeaders,
    Reply,
    Reserve,
    Settle,
    StopModel,
    Unavailable,
    Void,
)
from culture_ray.spending.money import dollars
from culture_ray.spending.pricing.price_schedule import PriceSchedule

GATHER_S = 0.05
"""A worker's messages are gathered for this long and posted in one round trip."""

_RETRY_S, _GIVE_UP_S = 0.5, 120.0
"""Pause between attempts to reach an unavailable governor, and the time after which to give up."""


_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.25, 60.0
"""Pause of a request after its first 429, doubled by each further one, and the longest."""


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


class GovernorClient:
    """Account of one model in one worker."""

    def __init__(self, transport: Transport, model: str, price: PriceSchedule) -> None:
        self._transport, self._model, self._price = transport, model, price
        self._worker = f"{model}-{secrets.token_hex(4)}"
        self._outbox: list[Message] = []
        self._waiting: dict[str, tuple[Reserve, asyncio.Future[float]]] = {}
        self._in_flight: set[str] = set()
        self._governor, self._send_clock = "", SendClock()
        self._refused: dict[str, tuple[int, float]] = {}
        """Refusals in a row of a request, and the time before which it is not sent again."""
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._posting = asyncio.Lock()

    def __reduce__(self) -> tuple[type[GovernorClient], tuple[Transport, str, PriceSchedule]]:
        """Pickle without state: the copy belongs to a worker of its own."""
        return GovernorClient, (self._transport, self._model, self._price)

    async def reserve(self, bound: UsageBound) -> str:
        """Implement `Account.reserve`."""
        ticket = f"{bound.request_id}/{bound.attempt}-{secrets.token_hex(5)}"
        _, not_before = self._refused.get(bound.request_id, (0, 0.0))
        if (wait := not_before - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        message = Reserve(ticket, self._model, bound)
        delay_of: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._waiting[ticket] = (message, delay_of)
        self._enqueue(message)
        try:
            delay = await delay_of
            self._in_flight.add(ticket)
            if delay > 0:
                await asyncio.sleep(delay)
        except asyncio.CancelledError:
            self._in_flight.discard(ticket)
            self._enqueue(Void(ticket, "never sent", sent=False))
            raise
        finally:
            self._waiting.pop(ticket, None)
        return ticket

    async def settle(self, ticket: str, usage: TokenUsage) -> float:
        """Implement `Account.settle`."""
        self._refused.pop(_request_of(ticket), None)
        self._end(Settle(ticket, self._model, usage))
        return dollars(self._price.cost(usage, time.time()))

    async def void(self, ticket: str, reason: str) -> None:
        """Implement `Account.void`."""
        self._end(Void(ticket, reason))

    async def mark_unresolved(self, ticket: str, reason: str) -> None:
        """Implement `Account.mark_unresolved`."""
        self._end(MarkUnresolved(ticket, reason))

    async def observe_headers(self, ticket: str, headers: Mapping[str, str]) -> None:
        """Implement `Account.observe_headers`."""
        limits = {k.lower(): v for k, v in headers.items() if is_limit_header(k)}
        if limits:
            self._enqueue(RateLimitHeaders(ticket, limits))

    async def rate_limited(
        self, retry_after_s: float | None = None, ticket: str | None = None
    ) -> None:
        """Implement `Account.rate_limited`."""
        if ticket is not None:
            request = _request_of(ticket)
            refusals = self._refused.get(request, (0, 0.0))[0] + 1
            grown = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2.0 ** (refusals - 1))
            wait = min(_LONGEST_WAIT_S, max(grown, retry_after_s or 0.0))
            self._refused[request] = refusals, time.monotonic() + wait
        self._enqueue(RateLimited(self._model, retry_after_s))

    async def overloaded(self) -> None:
        """Implement `Account.overloaded`."""
        self._enqueue(Overloaded(self._model))

    async def answered(self, ticket: str) -> None:
        """Implement `Account.answered`."""
        self._enqueue(Answered(ticket, self._model))

    async def unavailable(self, ticket: str, fault: PassingFault) -> None:
        """Implement `Account.unavailable`."""
        self._enqueue(Unavailable(ticket, self._model, fault))

    async def stop(self, reason: str) -> None:
        """Implement `Account.stop`."""
        self._enqueue(StopModel(self._model, reason))

    async def notice(self, sentence: str) -> None:
        """Implement `Account.notice`."""
        self._enqueue(ModelNotice(self._model, sentence))

    async def close(self) -> None:
        """Implement `Account.close`; raises EngineFailed if the governor does not come back."""
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

    def _end(self, message: Settle | Void | MarkUnresolved) -> None:
        self._in_flight.discard(message.ticket)
        self._enqueue(message)

    def _enqueue(self, message: Message) -> None:
        self._outbox.append(message)
        self._wake.set()
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._post()), asyncio.create_task(self._poll())]

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
                    self._give_up(error)
                continue
            since = None
            self._note_governor(reply.governor)
            for admission in reply.admissions:
                self._resolve(admission)

    def _resolve(self, admission: Admission) -> None:
        _, delay_of = self._waiting.get(admission.ticket, (None, None))
        if delay_of is None or delay_of.done():
            return
        if admission.error is not None:
            delay_of.set_exception(admission.error)
        else:
            now = time.monotonic()
            delay_of.set_result(self._send_clock.delay(admission.delay, admission.decided_at, now))

    def _give_up(self, error: GovernorUnavailable) -> None:
        for _, delay_of in self._waiting.values():
            if not delay_of.done():
                delay_of.set_exception(EngineFailed(f"the spending governor is gone: {error}"))

    def _note_governor(self, governor: str) -> None:
        """Report attempts in flight and open reservations to a governor that has restarted."""
        if self._governor and governor != self._governor:
            open_messages = [m for m, delay_of in self._waiting.values() if not delay_of.done()]
            self._send_clock = SendClock()
            self._outbox += [InFlight(tuple(self._in_flight)), *open_messages]
            self._wake.set()
        self._governor = governor


def _request_of(ticket: str) -> str:
    return ticket.rpartition("/")[0]
