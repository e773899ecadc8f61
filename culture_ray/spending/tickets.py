"""Tickets of one worker: those that wait for the governor's admission, and those in flight."""

from __future__ import annotations

import asyncio
import time

from culture_ray.errors import EngineFailed
from culture_ray.spending.limiting.send_clock import SendClock
from culture_ray.spending.messages import Admission, InFlight, Message, Reserve


class Tickets:
    """Tickets from reservation to the end of their attempts."""

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[Reserve, asyncio.Future[float]]] = {}
        self._in_flight: set[str] = set()
        self._send_clock = SendClock()

    def wait_for(self, message: Reserve) -> asyncio.Future[float]:
        """Return a future of the seconds after which the request may be sent."""
        delay_of: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._waiting[message.ticket] = (message, delay_of)
        return delay_of

    def wait_no_more(self, ticket: str) -> None:
        """Forget a reservation that is admitted, refused or cancelled."""
        self._waiting.pop(ticket, None)

    def begin(self, ticket: str) -> None:
        """Count an attempt as in flight."""
        self._in_flight.add(ticket)

    def end(self, ticket: str) -> None:
        """Stop counting an attempt as in flight."""
        self._in_flight.discard(ticket)

    def resolve(self, admission: Admission) -> None:
        """Hand an admission, or the error in its place, to the reservation that waits for it."""
        _, delay_of = self._waiting.get(admission.ticket, (None, None))
        if delay_of is None or delay_of.done():
            return
        if admission.error is not None:
            delay_of.set_exception(admission.error)
        else:
            now = time.monotonic()
            delay_of.set_result(self._send_clock.delay(admission.delay, admission.decided_at, now))

    def give_up(self, error: Exception) -> None:
        """Fail all reservations that wait with EngineFailed."""
        for _, delay_of in self._waiting.values():
            if not delay_of.done():
                delay_of.set_exception(EngineFailed(f"the spending governor is gone: {error}"))

    def after_restart(self) -> list[Message]:
        """Return the messages to a governor that has restarted: what is in flight, what waits."""
        self._send_clock = SendClock()
        open_messages = [m for m, delay_of in self._waiting.values() if not delay_of.done()]
        return [InFlight(tuple(self._in_flight)), *open_messages]
