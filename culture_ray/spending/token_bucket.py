"""One limit per minute, of requests or of tokens: when may the next charge be sent?

A token bucket that fills at 99 % of the limit and holds 0.25 s of it, so that nothing is sent in a
clump; and under it a log of what was sent, so that no window of the provider's length ever holds
more than the limit, whatever was refunded in between. A charge that is larger than the bucket goes
when the bucket is full and leaves a debt: it waits its time, never for ever.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

RATE = 0.99
"""Of the limit; the rest is for clocks and networks."""

BURST_S = 0.25
"""How much of the limit may go at once."""

WINDOWS_S = (1.0, 10.0, 60.0)
"""Windows over which providers count; the first ones are found out, never announced."""

_SLACK_S = 0.1
"""A window is kept this much longer (at most 1 %): requests arrive later than they are sent."""

_REMEMBERED_S = 120.0
"""How long what was sent is told apart, to know what a late answer had not counted yet."""

_CHARGES_PER_WINDOW = 33
"""A window that holds fewer would leave more than 3 % of the limit unused."""


@dataclass
class Charge:
    """What one request takes of the limit, as well as it is known by now."""

    at: float
    amount: float
    before: float
    """What was charged before it, in all."""
    final: bool = False
    """Whether it is known what it really was."""
    counted: bool = True
    """Whether the current window still holds it."""


class TokenBucket:
    """The clock is passed in: seconds that never go back, from any origin."""

    def __init__(self, per_minute: float | None, window_s: float | None) -> None:
        self.per_minute = per_minute
        self.slow = 1.0
        """Share of the rate that is used; below 1 after refusals that nothing else explains."""
        self._window_s = window_s
        self._at, self._level = -math.inf, self._depth
        self._theirs = self._minute
        """What the provider's own bucket, which holds a minute, has left at the least."""
        self._recent: deque[Charge] = deque()
        self._window: deque[Charge] = deque()
        self._held = self._total = self._count = 0.0

    @property
    def rate(self) -> float:
        """Return how much may be sent per second; infinite without a limit."""
        return math.inf if self.per_minute is None else RATE * self.slow * self.per_minute / 60

    @property
    def mean(self) -> float:
        """Return the mean charge so far."""
        return self._total / self._count if self._count else 1.0

    def ready(self, now: float, amount: float) -> float:
        """Return the earliest time, `now` or later, at which `amount` may be sent."""
        if self.per_minute is None:
            return now
        missing = max(
            min(amount, self._depth) - self._level, min(amount, self._minute) - self._theirs
        )
        fills = self._at + max(0.0, missing / self.rate)
        return max(now, fills, self._window_free(max(now, self._at), amount))

    def take(self, at: float, amount: float) -> Charge:
        """Charge `amount` that is sent at `at`; times before an earlier charge's count as that."""
        at = max(at, self._at)
        charge = Charge(at, amount, self._total)
        self._total += amount
        self._count += 1
        self._fill(at)
        if self.per_minute is not None:
            self._level -= amount
            self._theirs -= amount
        self._recent.append(charge)
        self._window.append(charge)
        self._held += amount
        self._forget(at)
        return charge

    def correct(self, charge: Charge, amount: float) -> None:
        """Learn that a charge is really `amount`: refund the rest, or charge it."""
        back = charge.amount - amount
        charge.amount, charge.final = amount, True
        # What comes back may go at once, up to one charge: a small bucket would spill it.
        full = self._depth + self.mean
        self._level = min(full, self._level + back)
        self._theirs = min(self._minute, self._theirs + back)
        if charge.counted:
            self._held -= back

    def heard(self, charge: Charge, remaining: float, now: float, share: float = 1.0) -> None:
        """Take in what the provider said was left when it had counted `charge`.

        Never more than that, less what was sent since, plus what has come back since. `share` is
        what of a charge it comes to in the end, on average.
        """
        if self.per_minute is None:
            return
        self._fill(now)
        back = remaining + self.rate * (self._at - charge.at)
        if back - (self._total - charge.before) >= self._theirs:
            return  # surely more than thought, whatever was corrected since
        since = 0.0
        for later in reversed(self._recent):
            if later.before <= charge.before:
                break
            since += later.amount if later.final else later.amount * share
        self._theirs = min(self._theirs, back - since)

    def limit(self, per_minute: float, now: float) -> None:
        """Go by another limit from now on."""
        if self.per_minute is None:
            self._at, self.per_minute = max(now, self._at), per_minute
            self._level, self._theirs = 0.0, self._minute
            return
        self._fill(now)
        used = self._minute - self._theirs
        self.per_minute = per_minute
        self._level, self._theirs = min(self._level, self._depth), self._minute - used

    def narrow(self) -> bool:
        """Count over the shortest window that can be the provider's; return whether that is new.

        Charges have to be small beside what such a window holds, or most of it would stay unused.
        """
        if self.per_minute is None or self._window_s is None:
            return False
        for window in WINDOWS_S:
            holds = self.per_minute * window / 60
            if window < self._window_s and holds >= _CHARGES_PER_WINDOW * self.mean:
                self._window_s = window
                return True
        return False

    @property
    def _depth(self) -> float:
        return math.inf if self.per_minute is None else self.rate * BURST_S

    @property
    def _minute(self) -> float:
        return math.inf if self.per_minute is None else self.per_minute

    @property
    def _length_s(self) -> float:
        window = math.inf if self._window_s is None else self._window_s
        return window + min(_SLACK_S, 0.01 * window)

    def _fill(self, now: float) -> None:
        if now > self._at:
            if self.per_minute is not None:
                filled = min(self._depth, self._level + self.rate * (now - self._at))
                self._level = max(self._level, filled)
                came = self.rate * (now - self._at)
                self._theirs = min(self._minute, self._theirs + came)
            self._at = now

    def _window_free(self, now: float, amount: float) -> float:
        """Return when the window has room for `amount`; when it is empty, for a larger one."""
        if self._window_s is None or self.per_minute is None:
            return now
        room = max(0.0, self.per_minute * self._window_s / 60 - amount)
        held, free = self._held, now
        for charge in self._window:
            gone = charge.at + self._length_s
            if gone > now and held <= room:
                break
            held -= charge.amount
            free = max(now, gone)
        return free

    def _forget(self, now: float) -> None:
        while self._recent and self._recent[0].at < now - _REMEMBERED_S:
            self._recent.popleft()
        while self._window and self._window[0].at + self._length_s <= now:
            gone = self._window.popleft()
            gone.counted = False
            self._held -= gone.amount
        if not self._window:
            self._held = 0.0
