"""Queue of requests that are waiting for a batch."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from culture_ray.engines.api_settings import BatchSettings
from culture_ray.engines.interface import Request, Response
from culture_ray.engines.openai.batch.chunks import BatchRow, first_chunk


@dataclass(frozen=True)
class PendingRequest:
    """Request whose response is awaited."""

    request: Request
    response: asyncio.Future[Response]
    since: float
    """Monotonic time of the call to `generate`."""
    attempt: int = 1
    unreadable: int = 0
    """Answers to this request so far that could not be parsed."""
    faults: int = 0
    """Attempts so far that failed by passing faults while the model answered others."""
    lost: int = 0
    """Attempts so far without a row, or with one that could not be read."""
    refused: int = 0
    """Batches so far that were refused because of this request."""

    def resolve(self, response: Response, now: float, dollars: float | None) -> None:
        """Deliver the response, unless the caller is gone."""
        if not self.response.done():
            self.response.set_result(replace(response, seconds=now - self.since, dollars=dollars))

    def fail(self, error: Exception) -> None:
        """Deliver an error, unless the caller is gone."""
        if not self.response.done():
            self.response.set_exception(error)


@dataclass(frozen=True)
class QueuedRequest:
    """Pending request with its body and its line in a batch."""

    pending: PendingRequest
    body: dict[str, Any]
    row: BatchRow


class BatchQueue:
    """Queue that fills until a batch is complete or no more requests arrive for a while."""

    def __init__(self, limits: BatchSettings) -> None:
        self._limits = limits
        self._waiting: deque[QueuedRequest] = deque()
        self._groups: deque[list[QueuedRequest]] = deque()
        """Requests that form batches of their own, whatever else is waiting."""
        self._bytes = 0
        self._last_added = 0.0

    def __len__(self) -> int:
        return len(self._waiting) + sum(map(len, self._groups))

    def add_group(self, group: list[QueuedRequest]) -> None:
        """Add requests that are sent next, in a batch without others."""
        if group:
            self._groups.appendleft(group)

    @property
    def has_groups(self) -> bool:
        """Return True if there are requests that form batches of their own."""
        return bool(self._groups)

    def drain(self) -> list[QueuedRequest]:
        """Remove and return all requests."""
        drained = [queued for group in self._groups for queued in group] + list(self._waiting)
        self._groups.clear()
        self._waiting.clear()
        self._bytes = 0
        return drained

    def add(self, queued: QueuedRequest, now: float) -> None:
        """Add a request."""
        self._waiting.append(queued)
        self._bytes += queued.row.size
        self._last_added = now

    def remake(self, make: Callable[[PendingRequest], QueuedRequest]) -> None:
        """Replace the body of every request."""
        self._groups = deque([make(queued.pending) for queued in group] for group in self._groups)
        self._waiting = deque(make(queued.pending) for queued in self._waiting)
        self._bytes = sum(queued.row.size for queued in self._waiting)

    @property
    def is_full(self) -> bool:
        """Return True if there are enough requests for a full batch."""
        limits = self._limits
        return len(self._waiting) >= limits.most_requests or self._bytes >= limits.most_bytes

    @property
    def due_at(self) -> float:
        """Return the monotonic time at which an incomplete batch is sent."""
        return 0.0 if self._groups else self._last_added + self._limits.gather_s

    def take(self, room: float, *, alone: bool) -> list[QueuedRequest]:
        """Remove and return the next batch that fits into `room` tokens, empty if none does.

        If it would be `alone` at the provider, it has at least one request whatever the room.
        """
        waiting = self._groups[0] if self._groups else self._waiting
        count = first_chunk((queued.row for queued in waiting), self._limits, room)
        if count == 0 and alone:
            count = min(1, len(waiting))
        if self._groups:
            group = self._groups.popleft()
            self.add_group(group[count:])
            return group[:count]
        chunk = [self._waiting.popleft() for _ in range(count)]
        self._bytes -= sum(queued.row.size for queued in chunk)
        return chunk
