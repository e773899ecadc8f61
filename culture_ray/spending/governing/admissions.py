"""Admission of queued reservations: in their order, under the caps, at the pace of the limits."""

from __future__ import annotations

from collections.abc import Iterator

from culture_ray.errors import CapReached, CultureRayError, ModelStops
from culture_ray.spending.balances import Balances, Caps
from culture_ray.spending.governing.attempts import AttemptTracker
from culture_ray.spending.governing.excess import ExcessTracker
from culture_ray.spending.governing.model_conditions import ModelConditions
from culture_ray.spending.governing.reservation_queues import QueuedReservation, ReservationQueues
from culture_ray.spending.messages import Admission
from culture_ray.spending.records import Reserved

AHEAD_S = 0.5
"""Time by which a request is admitted early."""

PLAN_EVERY_S = 0.2
"""Interval at which requests are admitted early, so that admissions travel in batches."""

LONGEST_S = 900.0
"""Near the cap, requests in flight for longer than this are not waited for."""


class Admissions:
    """Decisions on the queued reservations of a run."""

    def __init__(
        self,
        run: str,
        caps: Caps,
        balances: Balances,
        attempts: AttemptTracker,
        conditions: ModelConditions,
        excesses: ExcessTracker,
    ) -> None:
        self._run, self._caps, self._balances = run, caps, balances
        self._attempts, self._conditions, self._excesses = attempts, conditions, excesses
        self._last_planned = -1e18

    def decide(
        self, queues: ReservationQueues, now: float
    ) -> Iterator[tuple[str, Admission, Reserved | None]]:
        """Yield (worker, admission, record) of each reservation decided by now, and dequeue it.

        The record of an admitted one is charged already, and has to be on disk before it is told.
        """
        ahead = 0.0
        if now >= self._last_planned + PLAN_EVERY_S:
            self._last_planned, ahead = now, AHEAD_S
        for pool in queues.pools:
            while (first := queues.first(pool, lambda queued: self._is_held(queued, now))) and (
                decided := self._decided(first, now, ahead)
            ):
                yield decided
                queues.remove(first)

    def _decided(
        self, queued: QueuedReservation, now: float, ahead: float
    ) -> tuple[str, Admission, Reserved | None] | None:
        """Return the decision on a reservation, None if it has to wait."""
        worker, message = queued.worker, queued.message
        if stopped := self._conditions.refusal(message.model, now):
            return worker, Admission(message.ticket, error=ModelStops(stopped)), None
        cost = queued.model.price.maximum_cost(message.bound, now)
        error, may_fit_later = self._refusal(queued, cost, now)
        if error is not None:
            refused = Admission(message.ticket, error=error)
            return None if may_fit_later else (worker, refused, None)
        at = self._earliest(queued, now)
        return None if at > now + ahead else self._admit(queued, cost, at, now)

    def _is_held(self, queued: QueuedReservation, now: float) -> bool:
        bound = queued.message.bound
        return bound.limited and self._conditions.holds(
            queued.message.model, now, urgent=bound.urgent
        )

    def _refusal(
        self, queued: QueuedReservation, cost: int, now: float
    ) -> tuple[CultureRayError | None, bool]:
        """Return why a request does not fit, and True if it may once those in flight are done."""
        stage, model = queued.message.bound.stage, queued.model.model
        if (exceeded := self._excesses.error(model)) is not None:
            return exceeded, False
        reason = self._balances.refusal(self._caps, stage, model, cost)
        if reason is None:
            return None, False
        refundable = [
            record
            for ticket in self._attempts.in_flight
            if (record := self._balances.open_reservations.get(ticket))
            and record.at > now - LONGEST_S
        ]
        at_best = self._balances.refusal(self._caps, stage, model, cost, refundable)
        return CapReached(reason), at_best is None

    def _earliest(self, queued: QueuedReservation, now: float) -> float:
        bound = queued.message.bound
        if not bound.limited:
            return now
        return self._attempts.limiter(queued.model.pool).earliest(bound, now)

    def _admit(
        self, queued: QueuedReservation, cost: int, at: float, now: float
    ) -> tuple[str, Admission, Reserved]:
        bound, ticket, pool = queued.message.bound, queued.message.ticket, queued.model.pool
        tokens = 0.0
        if bound.limited:
            tokens = self._attempts.start(ticket, queued.worker, pool, bound, at)
            self._conditions.sent(queued.message.model, ticket, at)
        record = Reserved(
            ticket,
            self._run,
            bound.stage,
            queued.model.model,
            bound.tier,
            bound.input_tokens + queued.model.price.extra_input_tokens,
            bound.billed_output_tokens + queued.model.price.extra_output_tokens,
            cost,
            pool if bound.limited else "",
            round(tokens, 1),
            round(at, 3),
        )
        self._balances.apply(record)
        return queued.worker, Admission(ticket, max(0.0, at - now), decided_at=now), record
