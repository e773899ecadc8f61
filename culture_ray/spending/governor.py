"""Spending governor of an account: decides which reservations are admitted, and when.

Pure but for the ledger: the clock is passed in, as monotonic seconds since 1970. A tick locks the
ledger, reads what other processes wrote, takes in what workers reported, admits what fits under the
caps and is due soon, and writes all of it before anyone hears of it: one wait for the disk, however
many requests.
"""

from __future__ import annotations

from collections.abc import Mapping

from culture_ray.spending.balances import Balances, Caps
from culture_ray.spending.billing import ModelBilling
from culture_ray.spending.governing.admissions import Admissions
from culture_ray.spending.governing.attempts import AttemptTracker
from culture_ray.spending.governing.excess import ExcessTracker
from culture_ray.spending.governing.model_conditions import ModelConditions
from culture_ray.spending.governing.reservation_queues import QueuedReservation, ReservationQueues
from culture_ray.spending.ledger import Ledger
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
from culture_ray.spending.records import Record, Settled, Unresolved, Voided


class Governor:
    """State behind the accounts of a run: balances, rate limits, and the queue of reservations."""

    def __init__(
        self, ledger: Ledger, run: str, models: Mapping[str, ModelBilling], caps: Caps, now: float
    ) -> None:
        """Read the ledger; raises BadLedger. `models` is keyed by the name that workers use."""
        self._ledger, self._run, self._models = ledger, run, models
        self.balances = Balances()
        self._attempts = AttemptTracker(models, now)
        self._conditions, self._queues = ModelConditions(models), ReservationQueues()
        self._unwritten: list[Record] = []
        self._excesses = ExcessTracker()
        """Models that billed more than was reserved, by name in the ledger."""
        self._admissions = Admissions(
            run, caps, self.balances, self._attempts, self._conditions, self._excesses
        )
        with ledger.locked() as records:
            self._apply(records)
        self._excesses.forget()

    @property
    def queue_length(self) -> int:
        """Return the number of queued reservations."""
        return len(self._queues)

    @property
    def queued(self) -> list[tuple[str, str]]:
        """Return (worker, ticket) of every queued reservation."""
        return [(queued.worker, queued.message.ticket) for queued in self._queues]

    def overview(self, now: float) -> Overview:
        """Return the charges, outages and notices of all models."""
        return Overview(
            self.balances.dollars_by_model(self._run),
            self._conditions.outages(now),
            self._conditions.notices,
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
                self._end(Unresolved(message.ticket, message.reason, now), now)
            case RateLimitHeaders():
                self._attempts.observe_headers(message.ticket, message.headers, now)
            case RateLimited():
                pool = self._models[message.model].pool
                self._attempts.limiter(pool).pause(message.retry_after_s, now)
            case Overloaded():
                if self._conditions.is_answering(message.model):  # an outage is waited for
                    pool = self._models[message.model].pool
                    self._attempts.limiter(pool).reduce_concurrency(now)
            case Answered() | Unavailable() | StopModel() | ModelNotice():
                self._conditions.receive(message, now)
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
            self._queues.remove_workers(dead)
        with self._ledger.locked() as news:
            self._apply(news)
            records, self._unwritten = self._unwritten, []
            for record in records:
                self._apply_to_balances(record)
            admissions = []
            for worker, admission, reserved in self._admissions.decide(self._queues, now):
                admissions.append((worker, admission))
                if reserved is not None:
                    records.append(reserved)
            self._ledger.append(records)
        return admissions

    def close(self) -> None:
        """Close the ledger."""
        self._ledger.close()

    def _reserve(self, worker: str, message: Reserve) -> list[Admission]:
        if message.ticket in self.balances.open_reservations:
            return [Admission(message.ticket)]  # admitted before, and the answer was lost
        self._queues.add(QueuedReservation(worker, message, self._models[message.model]))
        return []

    def _settle(self, message: Settle, now: float) -> None:
        usage = message.usage
        if message.ticket in self._attempts.in_flight:  # not one of an earlier session
            self._conditions.answered(message.model)
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
        if message.ticket in self._queues:
            self._queues.remove_ticket(message.ticket)
        else:
            self._end(Voided(message.ticket, message.reason, now), now, sent=message.sent)

    def _end(self, record: Unresolved | Voided, now: float, *, sent: bool = True) -> None:
        """End an attempt that was not settled."""
        self._unwritten.append(record)
        self._attempts.end(record.ticket, sent=sent)
        self._conditions.withdrawn(record.ticket, now)

    def _apply(self, records: list[Record]) -> None:
        """Take in records that other processes, or earlier sessions of this run, wrote."""
        for record in records:
            self._attempts.apply(record)
            self._apply_to_balances(record)

    def _apply_to_balances(self, record: Record) -> None:
        if isinstance(record, Settled):
            self._excesses.note(self.balances.open_reservations.get(record.ticket), record)
        self.balances.apply(record)
