"""Spending governor of an account: decides which reservations are admitted, and when.

Pure but for the ledger: the clock is passed in, as monotonic seconds since 1970. A tick locks the
ledger, reads what other processes wrote, takes in what workers reported, admits what fits under the
caps and is due soon, and writes all of it before anyone hears of it: one wait for the disk, however
many requests.
"""

from __future__ import annotations

import random
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from culture_ray.errors import CapReached, CultureRayError, ModelStops
from culture_ray.spending.attempts import AttemptTracker
from culture_ray.spending.balances import Balances, Caps
from culture_ray.spending.billing import ModelBilling
from culture_ray.spending.breaker import CircuitBreaker
from culture_ray.spending.excess import ExcessTracker
from culture_ray.spending.ledger import Ledger
from culture_ray.spending.limiter import Limiter
from culture_ray.spending.messages import (
    Admission,
    Answered,
    InFlight,
    MarkUnresolved,
    Message,
    ModelNotice,
    Overloaded,
    Overview,
    RateLimited,
    RateLimitHeaders,
    Reserve,
    Settle,
    StopModel,
    Unavailable,
    Void,
)
from culture_ray.spending.records import Record, Reserved, Settled, Unresolved, Voided

AHEAD_S = 0.5
"""Time by which a request is admitted early."""

PLAN_EVERY_S = 0.2
"""Interval at which requests are admitted early, so that admissions travel in batches."""

LONGEST_S = 900.0
"""Near the cap, requests in flight for longer than this are not waited for."""


@dataclass(frozen=True)
class _QueuedReservation:
    worker: str
    message: Reserve
    model: ModelBilling


class Governor:
    """State behind the accounts of a run: balances, rate limits, and the queue of reservations."""

    def __init__(
        self, ledger: Ledger, run: str, models: Mapping[str, ModelBilling], caps: Caps, now: float
    ) -> None:
        """Read the ledger; raises BadLedger. `models` is keyed by the name that workers use."""
        self._ledger, self._run, self._models, self._caps = ledger, run, models, caps
        self.balances = Balances()
        self._attempts = AttemptTracker(models, now)
        chance = random.Random()
        self._breakers = {
            name: CircuitBreaker(model.give_up_after_s, chance.random)
            for name, model in models.items()
        }
        self._notices: dict[tuple[str, str], None] = {}
        """Sentences for the user as (model, sentence), each once."""
        self._queues: dict[str, deque[_QueuedReservation]] = defaultdict(deque)
        self._queued: set[str] = set()
        self._unwritten: list[Record] = []
        self._excesses = ExcessTracker()
        """Models that billed more than was reserved, by name in the ledger."""
        self._last_planned = -1e18
        with ledger.locked() as records:
            self._apply(records)
        self._excesses.forget()

    @property
    def queue_length(self) -> int:
        """Return the number of queued reservations."""
        return len(self._queued)

    @property
    def queued(self) -> list[tuple[str, str]]:
        """Return (worker, ticket) of every queued reservation."""
        return [(r.worker, r.message.ticket) for queue in self._queues.values() for r in queue]

    def overview(self, now: float) -> Overview:
        """Return the charges, outages and notices of all models."""
        outages = {name: breaker.outage(now) for name, breaker in self._breakers.items()}
        return Overview(
            self.balances.dollars_by_model(self._run),
            {name: outage for name, outage in outages.items() if outage is not None},
            tuple(self._notices),
        )

    def receive(self, worker: str, message: Message, now: float) -> list[Admission]:
        """Take in a message of a worker; return admissions that need no tick."""
        self._attempts.heartbeat(worker, now)
        match message:
            case Reserve():
                return self._reserve(worker, message)
            case Settle():
                self._settle(message, now)
            case Void():
                self._void(message, now)
            case MarkUnresolved():
                self._unwritten.append(Unresolved(message.ticket, message.reason, now))
                self._attempts.end(message.ticket)
                self._withdraw(message.ticket, now)
            case RateLimitHeaders():
                self._attempts.observe_headers(message.ticket, message.headers, now)
            case RateLimited():
                self._limiter(message.model).pause(message.retry_after_s, now)
            case Overloaded() | Answered() | Unavailable() | StopModel():
                self._note_condition(message, now)
            case ModelNotice():
                self._notices[message.model, message.sentence] = None
            case InFlight():
                known = [t for t in message.tickets if t in self.balances.open_reservations]
                self._attempts.adopt(worker, known)
        return []

    def heartbeat(self, worker: str, now: float) -> None:
        """Note that a worker is alive, though it sends nothing."""
        self._attempts.heartbeat(worker, now)

    def tick(self, now: float) -> list[tuple[str, Admission]]:
        """Return (worker, admission) for every decided reservation; all is on disk by then.

        Raises BadLedger and DiskProblem; then nothing of this tick counts, and the governor cannot
        be used any more.
        """
        if dead := self._attempts.end_dead_workers(now):
            self._dequeue([r for q in self._queues.values() for r in q if r.worker in dead])
        with self._ledger.locked() as news:
            self._apply(news)
            records, self._unwritten = self._unwritten, []
            for record in records:
                self._apply_to_balances(record)
            admissions = []
            for worker, admission, reserved in self._decided(now):
                admissions.append((worker, admission))
                if reserved is not None:
                    records.append(reserved)
            self._ledger.append(records)
        return admissions

    def close(self) -> None:
        """Close the ledger."""
        self._ledger.close()

    # --- deciding

    def _decided(self, now: float) -> Iterator[tuple[str, Admission, Reserved | None]]:
        ahead = 0.0
        if now >= self._last_planned + PLAN_EVERY_S:
            self._last_planned, ahead = now, AHEAD_S
        for queue in self._queues.values():
            while (first := self._first(queue, now)) is not None:
                if stopped := self._breakers[first.message.model].refusal(now):
                    refused = Admission(first.message.ticket, error=ModelStops(stopped))
                    yield first.worker, refused, None
                    self._dequeue([first])
                    continue
                cost = first.model.price.maximum_cost(first.message.bound, now)
                error, may_fit_later = self._refusal(first, cost, now)
                if error is not None and may_fit_later:
                    break
                if error is None:
                    at = self._earliest(first, now)
                    if at > now + ahead:
                        break
                    yield self._admit(first, cost, at, now)
                else:
                    yield first.worker, Admission(first.message.ticket, error=error), None
                self._dequeue([first])

    def _first(self, queue: deque[_QueuedReservation], now: float) -> _QueuedReservation | None:
        """Return the first reservation of a queue that its model's breaker does not hold."""
        return next((r for r in queue if not self._is_held(r, now)), None)

    def _is_held(self, queued: _QueuedReservation, now: float) -> bool:
        breaker = self._breakers[queued.message.model]
        bound = queued.message.bound
        held = bound.limited and not breaker.permits(now, urgent=bound.urgent)
        return held and breaker.refusal(now) is None

    def _refusal(
        self, queued: _QueuedReservation, cost: int, now: float
    ) -> tuple[CultureRayError | None, bool]:
        """Return why a request does not fit, and True if it may once those in flight are done."""
        stage, model = queued.message.bound.stage, queued.model.model
        if (exceeded := self._excesses.error(model)) is not None:
            return exceeded, False
        reason = self.balances.refusal(self._caps, stage, model, cost)
        if reason is None:
            return None, False
        refundable = [
            record
            for ticket in self._attempts.in_flight
            if (record := self.balances.open_reservations.get(ticket))
            and record.at > now - LONGEST_S
        ]
        at_best = self.balances.refusal(self._caps, stage, model, cost, refundable)
        return CapReached(reason), at_best is None

    def _earliest(self, queued: _QueuedReservation, now: float) -> float:
        bound = queued.message.bound
        if not bound.limited:
            return now
        return self._attempts.limiter(queued.model.pool).earliest(bound, now)

    def _admit(
        self, queued: _QueuedReservation, cost: int, at: float, now: float
    ) -> tuple[str, Admission, Reserved]:
        bound, ticket, pool = queued.message.bound, queued.message.ticket, queued.model.pool
        tokens = 0.0
        if bound.limited:
            tokens = self._attempts.start(ticket, queued.worker, pool, bound, at)
            self._breakers[queued.message.model].sent(ticket, at)
        record = Reserved(
            ticket,
            self._run,
            bound.stage,
            queued.model.model,
            bound.tier,
            bound.input_tokens,
            bound.billed_output_tokens + queued.model.price.extra_output_tokens,
            cost,
            pool if bound.limited else "",
            round(tokens, 1),
            round(at, 3),
        )
        self.balances.apply(record)
        return queued.worker, Admission(ticket, max(0.0, at - now), decided_at=now), record

    # --- taking in messages

    def _note_condition(
        self, message: Overloaded | Answered | Unavailable | StopModel, now: float
    ) -> None:
        """Take in what an attempt says of its model."""
        breaker = self._breakers[message.model]
        match message:
            case Overloaded():
                if breaker.state == "closed":  # an outage is waited for, not met with fewer
                    self._limiter(message.model).reduce_concurrency(now)
            case Answered():
                breaker.answered()
            case Unavailable():
                breaker.failed(message.ticket, message.fault, now)
            case StopModel():
                breaker.stop(message.reason)

    def _reserve(self, worker: str, message: Reserve) -> list[Admission]:
        if message.ticket in self.balances.open_reservations:
            return [Admission(message.ticket)]  # admitted before, and the answer was lost
        if message.ticket not in self._queued:
            model = self._models[message.model]
            self._queued.add(message.ticket)
            queue = self._queues[model.pool]
            add = queue.appendleft if message.bound.urgent else queue.append
            add(_QueuedReservation(worker, message, model))
        return []

    def _settle(self, message: Settle, now: float) -> None:
        usage = message.usage
        if message.ticket in self._attempts.in_flight:  # not one of an earlier session
            self._breakers[message.model].answered()
        if usage.is_empty:
            reason = "the answer reports no tokens"
            self._unwritten.append(Unresolved(message.ticket, reason, now))
            self._attempts.end(message.ticket)
            return
        tokens = self._attempts.settle(message.ticket, usage)
        reserved = self.balances.open_reservations.get(message.ticket)
        sent = now if reserved is None else reserved.at
        self._unwritten.append(
            Settled(
                message.ticket,
                self._models[message.model].price.cost(usage, sent, now),
                usage.input_tokens,
                usage.cached_tokens,
                usage.output_tokens,
                usage.reasoning_tokens,
                usage.tier,
                round(tokens, 1),
                round(now, 3),
            )
        )

    def _void(self, message: Void, now: float) -> None:
        if message.ticket in self._queued:
            self._dequeue(
                [r for q in self._queues.values() for r in q if r.message.ticket == message.ticket]
            )
            return
        self._unwritten.append(Voided(message.ticket, message.reason, now))
        self._attempts.end(message.ticket, sent=message.sent)
        self._withdraw(message.ticket, now)

    def _withdraw(self, ticket: str, now: float) -> None:
        for breaker in self._breakers.values():
            breaker.withdrawn(ticket, now)

    def _limiter(self, model: str) -> Limiter:
        return self._attempts.limiter(self._models[model].pool)

    def _dequeue(self, reservations: list[_QueuedReservation]) -> None:
        for queued in reservations:
            self._queues[queued.model.pool].remove(queued)
            self._queued.discard(queued.message.ticket)

    def _apply(self, records: list[Record]) -> None:
        """Take in records that other processes, or earlier sessions of this run, wrote."""
        for record in records:
            self._attempts.apply(record)
            self._apply_to_balances(record)

    def _apply_to_balances(self, record: Record) -> None:
        if isinstance(record, Settled):
            self._excesses.note(self.balances.open_reservations.get(record.ticket), record)
        self.balances.apply(record)
