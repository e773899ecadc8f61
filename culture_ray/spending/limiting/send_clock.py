"""Times at which a worker sends, whatever time its admissions take to arrive."""

from __future__ import annotations

import math


class SendClock:
    """Difference between a worker's clock and the governor's, as far as admissions show it.

    Admissions take different times to arrive: the disk, the network and a busy worker delay them.
    The quickest one shows the difference of the clocks, and how late each of the others is. Without
    this, requests that were admitted evenly would arrive at the provider in bunches.
    """

    def __init__(self) -> None:
        self._least = math.inf
        """Least difference seen, in seconds."""

    def delay(self, delay: float, decided_at: float | None, now: float) -> float:
        """Return the seconds that are left of a delay at `now` on the worker's clock."""
        if decided_at is None:
            return delay
        difference = now - decided_at
        self._least = min(self._least, difference)
        return max(0.0, delay - (difference - self._least))
