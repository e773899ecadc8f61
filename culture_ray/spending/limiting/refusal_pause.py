"""Pause after 429s: as long as the provider states, and ever longer while it refuses everything."""

from __future__ import annotations

import math
from dataclasses import dataclass

FIRST_S, LONGEST_S = 1.0, 10.0
"""Pause without a Retry-After, and the longest one that doubling leads to."""

ACCEPTED_AFTER_S = 2.0
"""A request that was not refused after this time was accepted: refusals come at once."""


@dataclass
class RefusalPause:
    """Time until which nothing is sent, and the probe that is sent alone after it."""

    until: float = -math.inf
    blocked: bool = False
    """True while the provider refuses everything: requests go one at a time."""
    _probe_at: float | None = None
    _probes_refused: int = 0

    def earliest(self, now: float) -> float:
        """Return the earliest time, `now` or later, at which a request may be sent."""
        probed = -math.inf
        if self.blocked and self._probe_at is not None:
            probed = self._probe_at + ACCEPTED_AFTER_S
        return max(now, self.until, probed)

    def start(self, retry_after_s: float | None, now: float, *, blocked: bool) -> None:
        """Pause after refusals; `blocked` if the provider refuses everything.

        Else the rate is lowered, and a short pause lets what is under way arrive.
        """
        pause_s = retry_after_s or FIRST_S
        self.until = max(self.until, now + (pause_s if blocked else min(FIRST_S, pause_s)))
        self.blocked, self._probe_at, self._probes_refused = blocked, None, 0

    def block(self) -> None:
        """Let requests go one at a time after the pause: all that were in flight are refused."""
        self.blocked, self._probe_at, self._probes_refused = True, None, 0

    def extend(self, retry_after_s: float | None, now: float) -> None:
        """Take in another refusal during the pause, or the refusal of the probe after it."""
        if now < self.until or self._probe_at is None:
            pause_s = retry_after_s or 0.0
            self.until = max(self.until, now + (pause_s if self.blocked else min(FIRST_S, pause_s)))
            return
        self._probes_refused += 1
        self._probe_at = None
        grown = min(LONGEST_S, FIRST_S * 2.0**self._probes_refused)
        self.until = now + max(retry_after_s or 0.0, grown)

    def sent(self, at: float) -> None:
        """Note a request that is sent at `at`: the probe, if everything was refused before."""
        if self.blocked and self._probe_at is None:
            self._probe_at = at

    def answered(self, at: float) -> bool:
        """Note the answer to a request sent at `at`; return True if it ends the blockade."""
        return self._probe_at is not None and at >= self._probe_at and self._end()

    def accepted(self, now: float) -> bool:
        """Return True if the probe has not been refused for so long that the blockade is over."""
        late = self._probe_at is not None and now >= self._probe_at + ACCEPTED_AFTER_S
        return late and self._end()

    def _end(self) -> bool:
        was, self.blocked = self.blocked, False
        self._probe_at, self._probes_refused = None, 0
        return was
