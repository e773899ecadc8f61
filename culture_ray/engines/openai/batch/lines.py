"""Lines of batches from the requests that wait for one."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

from culture_ray.engines.model import Model
from culture_ray.engines.openai.batch.chunks import row_of
from culture_ray.engines.openai.batch.journal import BatchRequest
from culture_ray.engines.openai.batch.queue import PendingRequest, QueuedRequest
from culture_ray.engines.openai.body import PATHS
from culture_ray.engines.openai.evidence import control_of
from culture_ray.engines.openai.model_bodies import ModelBodies


def sent_request(pending: PendingRequest, ticket: str) -> BatchRequest:
    """Return a request as it stands in the journal, with the ticket of its reservation."""
    name, attempt, unread = pending.request.request_id, pending.attempt, pending.unreadable
    return BatchRequest(name, attempt, ticket, unread, pending.faults, pending.lost)


def with_counts(pending: PendingRequest, sent: BatchRequest) -> PendingRequest:
    """Return a pending request with the counts that the journal has."""
    return replace(
        pending,
        attempt=sent.attempt,
        unreadable=sent.unread,
        faults=sent.faults,
        lost=sent.lost,
    )


class LineMaker:
    """Maker of the lines of one model's requests."""

    def __init__(self, model: Model, bodies: ModelBodies) -> None:
        self._path, self._bodies = PATHS[model.api.form], bodies

    def line(self, pending: PendingRequest) -> QueuedRequest:
        """Return a request with its body and its line."""
        body = self._bodies.make(pending.request, pending.unreadable)
        body.pop("service_tier", None)
        return QueuedRequest(pending, body, row_of(pending.request.request_id, self._path, body))

    def control(self, other: PendingRequest) -> QueuedRequest:
        """Return a control request of the same form as another, whose answer nobody waits for."""
        nobody = asyncio.get_running_loop().create_future()
        return self.line(PendingRequest(control_of(other.request), nobody, time.monotonic()))
