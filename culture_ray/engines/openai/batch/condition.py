"""Condition of a model, as the results of its batches show it."""

from __future__ import annotations

import time

from culture_ray.engines.openai.batch.index import BatchIndex
from culture_ray.engines.openai.batch.journal import BatchRecord
from culture_ray.engines.openai.batch.outage import BatchOutage
from culture_ray.engines.openai.batch.outcomes import Results, any_answered, passing_faults
from culture_ray.engines.openai.batch.refused_lines import adapted_requests
from culture_ray.engines.openai.batch.results import is_answer
from culture_ray.engines.openai.evidence import Evidence, is_control
from culture_ray.engines.openai.model_bodies import ModelBodies
from culture_ray.spending.account import Account
from culture_ray.spending.breaker import FAULTS_TO_OPEN


class ModelCondition:
    """Changes of the bodies, an outage, and how often others fail, as results show them."""

    def __init__(
        self, bodies: ModelBodies, outage: BatchOutage, batches: BatchIndex, account: Account
    ) -> None:
        self._bodies, self._outage = bodies, outage
        self._batches, self._account = batches, account
        self._others, self._controls = Evidence(), Evidence()

    async def adapted(self, record: BatchRecord, results: Results) -> frozenset[str]:
        """Return the refused requests of a batch that a change of their bodies may save."""
        return await adapted_requests(self._bodies, self._batches, record, results)

    async def note_earlier(self, record: BatchRecord, results: Results) -> frozenset[str]:
        """Take in a batch that ended in an earlier session; return as `adapted`."""
        self._count(record, results)
        if not record.answered and passing_faults(results):
            self._outage.resume(time.monotonic())
        return await self.adapted(record, results)

    async def note(self, record: BatchRecord, results: Results, *, cancelled: bool) -> bool:
        """Take in a batch that ends; return True if it shows an outage.

        Call it before its tickets are settled.
        """
        self._count(record, results)
        if any_answered(results):
            self._outage.answered()
            await self._account.answered(record.lines[0].ticket)
            return False
        now = time.monotonic()
        faults = [] if cancelled else passing_faults(results)
        if not faults:
            self._outage.withdrawn(record.key, now)
            return False
        waits = [fault.retry_after_s for _, fault in faults if fault.retry_after_s is not None]
        self._outage.failed(record.key, max(waits, default=None), now)
        for request, fault in faults[:FAULTS_TO_OPEN]:
            await self._account.unavailable(request.ticket, fault)
        return True

    def is_own(self, request_id: str, failures: int) -> bool:
        """Return True if so many passing faults of one request are its own, not the model's."""
        by_others = self._others.is_own(request_id, failures)
        return by_others or self._controls.is_own(request_id, failures)

    def _count(self, record: BatchRecord, results: Results) -> None:
        """Count who was answered; control requests while others were, as an outage is no sign."""
        failed = {request.request_id for request, _ in passing_faults(results)}
        answers = any_answered(results)
        for name, (_, row) in results.items():
            if name in failed or (row is not None and is_answer(row)):
                self._others.add(name, record.created, answered=name not in failed)
                if answers and is_control(name):
                    self._controls.add(name, record.created, answered=name not in failed)
