"""Reservations wait in order, each ticket once, until they are removed."""

from __future__ import annotations

from dataclasses import replace

from culture_ray.spending.governing.reservation_queues import QueuedReservation, ReservationQueues
from culture_ray.spending.messages import Reserve
from tests.spending.builders import billing, usage_bound

MODELS = billing("m", "n")


def queued(ticket: str, model: str = "m", worker: str = "w", *, urgent: bool = False):
    bound = replace(usage_bound(10), urgent=urgent)
    return QueuedReservation(worker, Reserve(ticket, model, bound), MODELS[model])


def tickets(queues: ReservationQueues) -> list[str]:
    return [one.message.ticket for one in queues]


def test_a_pool_is_served_in_order_and_urgent_requests_first() -> None:
    queues = ReservationQueues()
    for one in (queued("a"), queued("b"), queued("c", "n"), queued("d", urgent=True)):
        queues.add(one)
    assert tickets(queues) == ["d", "a", "b", "c"]
    assert queues.pools == ["m", "n"]
    held = queues.first("m", lambda one: one.message.ticket in {"d", "a"})
    assert held is not None
    assert held.message.ticket == "b"
    assert queues.first("n", lambda one: True) is None


def test_a_ticket_is_queued_once_however_often_it_is_sent() -> None:
    queues = ReservationQueues()
    queues.add(queued("a"))
    queues.add(queued("a"))
    assert len(queues) == 1
    queues.remove_ticket("a")
    queues.remove_ticket("unknown")
    assert "a" not in queues
    assert not tickets(queues)


def test_the_reservations_of_dead_workers_leave_alone() -> None:
    queues = ReservationQueues()
    for ticket, worker in (("a", "dead"), ("b", "w"), ("c", "dead")):
        queues.add(queued(ticket, worker=worker))
    queues.remove_workers({"dead"})
    assert (tickets(queues), len(queues)) == (["b"], 1)
