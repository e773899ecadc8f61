"""Worker's side of an account: its calls become messages to the governor."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Mapping

from culture_ray.spending.account import TokenUsage, UsageBound
from culture_ray.spending.breaker import PassingFault
from culture_ray.spending.delivery import Delivery, Transport
from culture_ray.spending.limiting.limit_headers import is_limit_header
from culture_ray.spending.messages import (
    Answered,
    MarkUnresolved,
    ModelNotice,
    Overloaded,
    RateLimited,
    RateLimitHeaders,
    Reserve,
    Settle,
    StopModel,
    Unavailable,
    Void,
)
from culture_ray.spending.money import dollars
from culture_ray.spending.pricing.price_schedule import PriceSchedule
from culture_ray.spending.tickets import Tickets

_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.25, 60.0
"""Pause of a request after its first 429, doubled by each further one, and the longest."""


class GovernorClient:
    """Account of one model in one worker."""

    def __init__(self, transport: Transport, model: str, price: PriceSchedule) -> None:
        self._transport, self._model, self._price = transport, model, price
        self._tickets = Tickets()
        worker = f"{model}-{secrets.token_hex(4)}"
        self._delivery = Delivery(transport, worker, self._tickets)
        self._refused: dict[str, tuple[int, float]] = {}
        """Refusals in a row of a request, and the time before which it is not sent again."""

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
        delay_of = self._tickets.wait_for(message)
        self._delivery.enqueue(message)
        try:
            delay = await delay_of
            self._tickets.begin(ticket)
            if delay > 0:
                await asyncio.sleep(delay)
        except asyncio.CancelledError:
            self._tickets.end(ticket)
            self._delivery.enqueue(Void(ticket, "never sent", sent=False))
            raise
        finally:
            self._tickets.wait_no_more(ticket)
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
            self._delivery.enqueue(RateLimitHeaders(ticket, limits))

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
        self._delivery.enqueue(RateLimited(self._model, retry_after_s))

    async def overloaded(self) -> None:
        """Implement `Account.overloaded`."""
        self._delivery.enqueue(Overloaded(self._model))

    async def answered(self, ticket: str) -> None:
        """Implement `Account.answered`."""
        self._delivery.enqueue(Answered(ticket, self._model))

    async def unavailable(self, ticket: str, fault: PassingFault) -> None:
        """Implement `Account.unavailable`."""
        self._delivery.enqueue(Unavailable(ticket, self._model, fault))

    async def stop(self, reason: str) -> None:
        """Implement `Account.stop`."""
        self._delivery.enqueue(StopModel(self._model, reason))

    async def notice(self, sentence: str) -> None:
        """Implement `Account.notice`."""
        self._delivery.enqueue(ModelNotice(self._model, sentence))

    async def close(self) -> None:
        """Implement `Account.close`; raises EngineFailed if the governor does not come back."""
        await self._delivery.close()

    def _end(self, message: Settle | Void | MarkUnresolved) -> None:
        self._tickets.end(message.ticket)
        self._delivery.enqueue(message)


def _request_of(ticket: str) -> str:
    return ticket.rpartition("/")[0]
