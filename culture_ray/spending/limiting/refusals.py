"""Counts of requests and 429s, and the share of refusals that is more than chance.

A single 429 shows little: providers refuse one request in a hundred under load whatever the rate.
So refusals count as evidence against the rate only where they are many of the requests sent lately.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

EPOCH_S, EPOCH_SENDS = 1.0, 20
"""Requests are counted in epochs of at least this time and this many requests."""

MANY, MANY_SHARE = 3, 0.10
"""Refusals of the last two epochs that are evidence: their number and their share."""

SOME, SOME_SHARE = 6, 0.03
"""The same for the last ten epochs."""

ALL_SENDS, ALL_SHARE, ALL_S = 5, 0.8, 0.3
"""Requests, share and seconds of the latest epoch from which on the provider refuses everything."""

QUIET_SHARE = 0.015
"""Share of refusals up to which a higher rate may be tried."""

_EPOCHS = 10
_FEW_SENDS = 5
_SLACK, _DEVIATIONS = 1.25, 3.0
"""Refusals beyond the tolerated share times this, and so many standard deviations, are not chance:
the share itself was measured."""


@dataclass
class _Epoch:
    start: float
    sent: int = 0
    refused: int = 0
    sent_before: int = 0
    """Requests before the first that was refused, that one included."""


class RefusalRecord:
    """Requests and refusals since the rate last changed. Times are those of the limiter."""

    def __init__(self, now: float) -> None:
        self.tolerated = 0.0
        """Share of refusals that does not depend on the rate."""
        self.sent = self.refused = 0
        """Counts since the last restart."""
        self.all_accepted = 0
        """Requests that were not refused since the beginning, as far as is known."""
        self._from = now
        """Time before which nothing counts."""
        self._due: deque[float] = deque()
        """Times of requests that are to be sent later."""
        self._epochs: deque[_Epoch] = deque([_Epoch(now)], maxlen=_EPOCHS)

    def add_request(self, at: float) -> None:
        """Count a request that is sent at `at`."""
        self._due.append(at)

    def add_refusal(self, now: float) -> float | None:
        """Count a refusal; return the share of refusals if it is more than chance."""
        self.update(now)
        self.all_accepted -= 1
        if now < self._from:
            return None
        self.refused += 1
        epoch = self._epochs[-1]
        if not epoch.refused:
            epoch.sent_before = epoch.sent
        epoch.refused += 1
        for last, many, least_share in ((2, MANY, MANY_SHARE), (_EPOCHS, SOME, SOME_SHARE)):
            sent, refused = self._last(last)
            by_chance = sent * self.tolerated
            likely = _SLACK * by_chance + _DEVIATIONS * math.sqrt(by_chance)
            if refused >= many and refused >= least_share * sent and refused > likely:
                return refused / sent
        return None

    def share_since_first(self) -> float:
        """Return the share of refusals after the first one of the last two epochs.

        A limit refuses nothing until it is reached: the share of all requests, of which many were
        accepted before, is then too low at first.
        """
        epochs = list(self._epochs)[-2:]
        if not epochs[0].refused:
            epochs = epochs[1:]
        refused = sum(epoch.refused for epoch in epochs) - 1
        sent = sum(epoch.sent for epoch in epochs) - (epochs[0].sent_before if epochs else 0)
        return refused / sent if 0 < refused < sent else 0.0

    def all_refused(self, now: float) -> bool:
        """Return True if hardly any request was accepted of late."""
        self.update(now)
        epoch = self._epochs[-1]
        return (
            epoch.sent >= ALL_SENDS
            and epoch.refused >= ALL_SHARE * epoch.sent
            and now >= epoch.start + ALL_S
        )

    def sent_per_s(self, now: float) -> float:
        """Return the requests per second of the last two epochs; infinite if they are too short."""
        self.update(now)
        lasted = now - list(self._epochs)[-2:][0].start
        return math.inf if lasted < EPOCH_S else self._last(2)[0] / lasted

    def is_quiet(self, now: float) -> bool:
        """Return True if enough requests have been sent and few of them were refused."""
        self.update(now)
        sent, refused = self._last(_EPOCHS)
        if sent < EPOCH_SENDS:
            return sent >= _FEW_SENDS and not refused
        return refused <= max(QUIET_SHARE, self.tolerated) * sent

    def restart(self, now: float, start: float) -> None:
        """Begin to count anew at `start`, for a change of the rate at `now`."""
        self.update(now)
        self.sent = self.refused = 0
        self._from = start
        self._epochs.clear()
        self._epochs.append(_Epoch(start))

    def update(self, now: float) -> None:
        """Count the requests that were due by `now`."""
        while self._due and self._due[0] <= now:
            counts = self._due.popleft() >= self._from
            self._epochs[-1].sent += counts
            self.sent += counts
            self.all_accepted += 1
        epoch = self._epochs[-1]
        if epoch.sent >= EPOCH_SENDS and now >= epoch.start + EPOCH_S:
            self._epochs.append(_Epoch(now))

    def _last(self, count: int) -> tuple[int, int]:
        """Return requests and refusals of the last `count` epochs, at least as many requests."""
        epochs = list(self._epochs)[-count:]
        refused = sum(epoch.refused for epoch in epochs)
        return max(1, refused, sum(epoch.sent for epoch in epochs)), refused
