"""Attempts in flight: their charges against the rate limits, and the workers that made them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from culture_ray.spending.account import TokenUsage, UsageBound
from culture_ray.spending.billing import ModelBilling
from culture_ray.spending.limiter import Limiter, SentRequest
from culture_ray.spending.records import Record, Reserved, Settled, Unresolved, Voided

DEAD_AFTER_S = 30.0
"""A worker that has been silent for this long is presumed dead."""


class AttemptTracker:
    """The limiters of all pools, and the attempts that are charged to them."""

    def __init__(self, models: Mapping[str, ModelBilling], now: float) -> None:
        self._limiters = {model.pool: Limiter(model.limits, now) for model in models.values()}
        self._charges: dict[str, tuple[Limiter, SentRequest]] = {}
        """Charges that may still change, by ticket."""
        self._worker_of: dict[str, str] = {}
        """Worker of each ticket in flight."""
        self._last_seen: dict[str, float] = {}

    @property
    def in_flight(self) -> Iterable[str]:
        """Return the tickets that are in flight at live workers."""
        return self._worker_of

    def limiter(self, pool: str) -> Limiter:
        """Return the limiter of a pool."""
        return self._limiters[pool]

    def heartbeat(self, worker: str, now: float) -> None:
        """Note that a worker is alive."""
        self._last_seen[worker] = now

    def start(self, ticket: str, worker: str, pool: str, bound: UsageBound, at: float) -> float:
        """Charge an attempt that is sent at `at`; return the tokens charged."""
        limiter = self._limiters[pool]
        sent = limiter.charge(bound, at)
        self._charges[ticket] = (limiter, sent)
        self._worker_of[ticket] = worker
        return sent.tokens.amount

    def adopt(self, worker: str, tickets: Iterable[str]) -> None:
        """Note attempts that were in flight before a restart."""
        self._worker_of.update(dict.fromkeys(tickets, worker))

    def observe_headers(self, ticket: str, headers: Mapping[str, str], now: float) -> None:
        """Update the limiter of an attempt from the headers of its answer."""
        if (charge := self._charges.get(ticket)) is not None:
            limiter, sent = charge
            limiter.observe_headers(sent, headers, now)

    def settle(self, ticket: str, usage: TokenUsage) -> float:
        """End an attempt whose usage is known; return the tokens it is charged in the end."""
        self._worker_of.pop(ticket, None)
        if (charge := self._charges.pop(ticket, None)) is None:
            return 0.0
        limiter, sent = charge
        limiter.settle(sent, usage)
        return sent.tokens.amount

    def end(self, ticket: str, *, sent: bool = True) -> None:
        """End an attempt whose usage is unknown; refund it unless it was `sent`."""
        self._worker_of.pop(ticket, None)
        if (charge := self._charges.pop(ticket, None)) is not None:
            limiter, request = charge
            if sent:
                limiter.release(request)
            else:
                limiter.refund(request)

    def end_dead_workers(self, now: float) -> set[str]:
        """End all attempts of workers that are presumed dead; return these workers."""
        dead = {worker for worker, seen in self._last_seen.items() if now > seen + DEAD_AFTER_S}
        for ticket in [t for t, worker in self._worker_of.items() if worker in dead]:
            self.end(ticket)
        for worker in dead:
            del self._last_seen[worker]
        return dead

    def apply(self, record: Record) -> None:
        """Take in a record of another process, or of an earlier session: it uses the limits too."""
        if isinstance(record, Reserved) and record.pool in self._limiters:
            limiter = self._limiters[record.pool]
            bound = UsageBound(
                record.ticket, record.stage, record.input_tokens, record.output_tokens
            )
            sent = limiter.charge_external(bound, record.at, record.tokens)
            self._charges[record.ticket] = limiter, sent
        elif isinstance(record, Settled) and record.ticket in self._charges:
            limiter, sent = self._charges.pop(record.ticket)
            limiter.tokens.correct(sent.tokens, record.tokens)
        elif isinstance(record, Voided | Unresolved):
            self._charges.pop(record.ticket, None)
