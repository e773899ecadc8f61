"""Requests that no batch takes, and the time at which their callers are told."""

from __future__ import annotations

import time
from collections.abc import Iterable

from culture_ray.engines.openai.batch.outcomes import FEWEST_ALIKE
from culture_ray.engines.openai.batch.queue import PendingRequest
from culture_ray.engines.openai.parsing import failed_response
from culture_ray.errors import ModelStops


class UnsentRequests:
    """Requests of one model that are not sent, or were refused alone, with the reasons."""

    def __init__(self, source: str, pending: dict[str, PendingRequest]) -> None:
        self._source, self._pending = source, pending
        self._unasked: list[tuple[PendingRequest, ModelStops]] = []
        """Requests that are not sent, told once no paid batch is open."""
        self._refused: list[tuple[PendingRequest, str]] = []
        """Requests that the provider refused alone, until it is known if it takes others."""
        self.stopped: ModelStops | None = None
        """Reason why nothing more is sent."""

    def stop(self, reason: str) -> ModelStops:
        """Stop the model: nothing more is sent; return the error of all further requests."""
        self.stopped = ModelStops(f"{self._source} cannot be used in batches: {reason}")
        return self.stopped

    def leave(self, requests: Iterable[PendingRequest], error: ModelStops) -> None:
        """Leave requests unasked, for a reason."""
        self._unasked += [(pending, error) for pending in requests]

    def refuse(self, requests: Iterable[PendingRequest], reason: str) -> None:
        """Note requests that the provider refused in a batch without others."""
        self._refused += [(pending, reason) for pending in requests]

    def tell(self, *, takes_others: bool, any_open: bool, any_queued: bool) -> None:
        """Fail the requests that were refused alone, or stop if the provider takes no others.

        Tell why requests are not sent, once no paid batch is open any more.
        """
        if not takes_others and len(self._refused) >= FEWEST_ALIKE:
            self.leave([pending for pending, _ in self._refused], self.stop(self._refused[0][1]))
            self._refused.clear()
        elif takes_others or not (any_open or any_queued):
            for pending, reason in self._refused:
                self._pending.pop(pending.request.request_id, None)
                pending.resolve(failed_response(pending.request, reason), time.monotonic(), None)
            self._refused.clear()
        if not any_open:
            for pending, error in self._unasked:
                self._pending.pop(pending.request.request_id, None)
                pending.fail(error)
            self._unasked.clear()
