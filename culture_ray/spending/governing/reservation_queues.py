"""Queues of reservations that wait for admission, one per pool of rate limits; pure."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass

from culture_ray.spending.billing import ModelBilling
from culture_ray.spending.messages import Reserve


@dataclass(frozen=True)
class QueuedReservation:
    """Reservation of a worker, with the billing of its model."""

    worker: str
    message: Reserve
    model: ModelBilling


class ReservationQueues:
    """Queued reservations, each ticket once; those of one pool go first come, first served."""

    def __init__(self) -> None:
        self._queues: dict[str, deque[QueuedReservation]] = defaultdict(deque)
        self._tickets: set[str] = set()

    def __len__(self) -> int:
        return len(self._tickets)

    def __contains__(self, ticket: str) -> bool:
        return ticket in self._tickets

    def __iter__(self) -> Iterator[QueuedReservation]:
        return (queued for queue in self._queues.values() for queued in queue)

    @property
    def pools(self) -> list[str]:
        """Return the pools that have had a reservation."""
        return list(self._queues)

    def add(self, queued: QueuedReservation) -> None:
        """Add a reservation, unless its ticket is queued; an urgent one goes before the others."""
        if queued.message.ticket not in self._tickets:
            self._tickets.add(queued.message.ticket)
            queue = self._queues[queued.model.pool]
            add = queue.appendleft if queued.message.bound.urgent else queue.append
            add(queued)

    def first(
        self, pool: str, is_held: Callable[[QueuedReservation], bool]
    ) -> QueuedReservation | None:
        """Return the first reservation of a pool that is not held, None if there is none."""
        return next((queued for queued in self._queues[pool] if not is_held(queued)), None)

    def remove(self, queued: QueuedReservation) -> None:
        """Remove a reservation."""
        self._queues[queued.model.pool].remove(queued)
        self._tickets.discard(queued.message.ticket)

    def remove_ticket(self, ticket: str) -> None:
        """Remove the reservation with a ticket, if it is queued."""
        for queued in [q for q in self if q.message.ticket == ticket]:
            self.remove(queued)

    def remove_workers(self, workers: Set[str]) -> None:
        """Remove the reservations of workers that have died."""
        for queued in [q for q in self if q.worker in workers]:
            self.remove(queued)
