"""Token bucket for one limit per minute, of requests or of tokens.

The bucket fills at 99 % of the limit and holds 0.25 s of it, so that requests are not sent in
bursts. A log of recent charges keeps every window of the provider's length within the limit,
whatever was refunded in between. A charge larger than the bucket goes when the bucket is full and
leaves a debt: it waits its time, never for ever.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

RATE = 0.99
"""Share of the limit that is used; the rest allows for clocks and networks."""

BURST_S = 0.25
"""Seconds of the limit that may be sent at once."""

WINDOWS_S = (1.0, 10.0, 60.0)
"""Windows over which providers count; the short ones are inferred, never announced."""

_SLACK_S = 0.1
"""A window is kept this much longer (at most 1 %): requests arrive later than they are sent."""

_REMEMBERED_S = 120.0
"""Time for which charges are remembered, to tell which ones a late answer had not counted yet."""

_MIN_CHARGES_PER_WINDOW = 33
"""A window that holds fewer would leave more than 3 % of the limit unused."""


@dataclass
class BucketCharge:
    """Amount that one request takes from the limit, as far as it is known."""

    at: float
    amount: float
    before: float
    """Total of all earlier charges."""
    final: bool = False
    """True once the real amount is known."""
    counted: bool = True
    """True while it lies in the current window."""


class TokenBucket:
    """Level of one limit over time. Times are monotonic seconds from any origin."""

    def __init__(self, per_minute: float | None, window_s: float | None) -> None:
        self.per_minute = per_minute
        self.rate_factor = 1.0
        """Share of the rate that is used; below 1 after 429s that nothing else explains."""
        self._window_s = window_s
        self._updated, self._level = -math.inf, self._capacity
        self._provider_level = self._provider_capacity
        """Lower bound on what the provider's own bucket, which holds a minute, has left."""
        self._recent: deque[BucketCharge] = deque()
        self._window: deque[BucketCharge] = deque()
        self._in_window = self._total = self._count = 0.0

    @property
    def rate(self) -> float:
        """Return the amount per second that may be sent; infinite without a limit."""
        if self.per_minute is None:
            return math.inf
        return RATE * self.rate_factor * self.per_minute / 60

    @property
    def mean_charge(self) -> float:
        """Return the mean charge so far."""
        return self._total / self._count if self._count else 1.0

    def earliest(self, now: float, amount: float) -> float:
        """Return the earliest time, `now` or later, at which `amount` may be sent."""
        if self.per_minute is None:
            return now
        missing = max(
            min(amount, self._capacity) - self._level,
            min(amount, self._provider_capacity) - self._provider_level,
        )
        filled = self._updated + max(0.0, missing / self.rate)
        return max(now, filled, self._window_free(max(now, self._updated), amount))

    def charge(self, at: float, amount: float) -> BucketCharge:
        """Charge `amount`, sent at `at` or at the time of the latest charge if that is later."""
        at = max(at, self._updated)
        charge = BucketCharge(at, amount, self._total)
        self._total += amount
        self._count += 1
        self._refill(at)
        if self.per_minute is not None:
            self._level -= amount
            self._provider_level -= amount
        self._recent.append(charge)
        self._window.append(charge)
        self._in_window += amount
        self._discard_old(at)
        return charge

    def correct(self, charge: BucketCharge, amount: float) -> None:
        """Set the real amount of a charge: refund the difference, or charge it."""
        refund = charge.amount - amount
        charge.amount, charge.final = amount, True
        # A refund of up to one charge may be sent at once: a small bucket would lose it.
        full = self._capacity + self.mean_charge
        self._level = min(full, self._level + refund)
        self._provider_level = min(self._provider_capacity, self._provider_level + refund)
        if charge.counted:
            self._in_window -= refund

    def observe_remaining(
        self, charge: BucketCharge, remaining: float, now: float, share: float = 1.0
    ) -> None:
        """Lower the provider's level to what it reported after counting `charge`.

        The new level is at most that, less what was sent since, plus what was refilled since.
        `share` is the mean share of a charge that is really used.
        """
        if self.per_minute is None:
            return
        self._refill(now)
        refilled = remaining + self.rate * (self._updated - charge.at)
        if refilled - (self._total - charge.before) >= self._provider_level:
            return  # surely above our estimate, whatever was corrected since
        since = 0.0
        for later in reversed(self._recent):
            if later.before <= charge.before:
                break
            since += later.amount if later.final else later.amount * share
        self._provider_level = min(self._provider_level, refilled - since)

    def set_limit(self, per_minute: float, now: float) -> None:
        """Adopt another limit from now on."""
        if self.per_minute is None:
            self._updated, self.per_minute = max(now, self._updated), per_minute
            self._level, self._provider_level = 0.0, self._provider_capacity
            return
        self._refill(now)
        used = self._provider_capacity - self._provider_level
        self.per_minute = per_minute
        self._level = min(self._level, self._capacity)
        self._provider_level = self._provider_capacity - used

    def shorten_window(self) -> bool:
        """Adopt the shortest window that the provider may use; return True if it is a new one.

        Charges have to be small compared with what such a window holds, or most of it would stay
        unused.
        """
        if self.per_minute is None or self._window_s is None:
            return False
        for window in WINDOWS_S:
            holds = self.per_minute * window / 60
            if window < self._window_s and holds >= _MIN_CHARGES_PER_WINDOW * self.mean_charge:
                self._window_s = window
                return True
        return False

    @property
    def _capacity(self) -> float:
        return math.inf if self.per_minute is None else self.rate * BURST_S

    @property
    def _provider_capacity(self) -> float:
        return math.inf if self.per_minute is None else self.per_minute

    @property
    def _window_length_s(self) -> float:
        window = math.inf if self._window_s is None else self._window_s
        return window + min(_SLACK_S, 0.01 * window)

    def _refill(self, now: float) -> None:
        if now > self._updated:
            if self.per_minute is not None:
                refill = self.rate * (now - self._updated)
                self._level = max(self._level, min(self._capacity, self._level + refill))
                self._provider_level = min(self._provider_capacity, self._provider_level + refill)
            self._updated = now

    def _window_free(self, now: float, amount: float) -> float:
        """Return when the window has room for `amount`, or is empty if it never has."""
        if self._window_s is None or self.per_minute is None:
            return now
        room = max(0.0, self.per_minute * self._window_s / 60 - amount)
        held, free = self._in_window, now
        for charge in self._window:
            leaves = charge.at + self._window_length_s
            if leaves > now and held <= room:
                break
            held -= charge.amount
            free = max(now, leaves)
        return free

    def _discard_old(self, now: float) -> None:
        while self._recent and self._recent[0].at < now - _REMEMBERED_S:
            self._recent.popleft()
        while self._window and self._window[0].at + self._window_length_s <= now:
            charge = self._window.popleft()
            charge.counted = False
            self._in_window -= charge.amount
        if not self._window:
            self._in_window = 0.0
