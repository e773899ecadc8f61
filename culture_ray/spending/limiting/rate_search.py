"""Search for the rate that a provider really accepts, from its refusals; pure.

Refusals beyond chance lower the rate to what was accepted, and a trial follows. Where a limit was
the cause, hardly any request is refused then. Where as many are refused as before, then or soon
after, the rate is not the cause: it is restored, and that share is tolerated. While few requests
are refused, the rate rises again, in steps that grow; steps come more seldom where refusals come
back.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from culture_ray.spending.limiting.refusals import ALL_SHARE, RefusalRecord

ACCEPTED_SHARE, LOWEST = 0.98, 0.02
"""Share of the accepted rate that is used, and the lowest share of the limit."""

RAISE_EVERY_S, LONGEST_RAISE_S = 5.0, 180.0
FIRST_RAISE, LARGEST_RAISE = 0.01, 0.5

MOST, MOST_SHARE = 6, 0.5
"""Refusals after the rate was lowered, and their share, from which on requests go one at a time."""

BLOCKS_WITHIN_S = 150.0
"""Two times within this at which everything was refused show a limit, one may be an incident."""

SETTLES_IN_S = 1.0
"""Time after a change of the rate until what was sent before it has arrived."""

_TRIAL_REFUSALS = 6.0
"""Refusals that a trial expects if the rate is not their cause."""

CAUSE_SHARE, WORSE_SHARE = 1 / 3, 1.6
"""Share in a trial over the one before it: below the first the rate was the cause; above the second
the first share was measured too early, and the rate is lowered again."""

FRUITLESS_TRIALS = 2
"""Trials in a row that change nothing and show that the rate is not the cause: the first share may
have been measured too early and too low."""

TOLERATED_S = 300.0
"""Time after which a tolerated share is examined again."""

BEYOND = 1.2
"""Factor over that of the last refusals from which on the rate is raised as often as at first."""

GREATEST_CUT = 0.6
_LEAST_USED = 0.1


@dataclass
class _Trial:
    share: float
    """Share of refusals when the rate was lowered."""
    before: float
    """Factor on the rate before it was lowered, the first time if it has not risen since."""
    requests: int
    """Requests after which the trial is over."""
    fruitless: int
    """Trials before this one in which the share stayed the same."""


class RateSearch:
    """Factor on a limiter's rates, at most 1 unless the limit is a guess."""

    def __init__(self, now: float) -> None:
        self.factor = 1.0
        self._record = RefusalRecord(now)
        self._trial: _Trial | None = None
        self._found: _Trial | None = None
        """Last trial that showed the rate to be the cause, until the rate has risen again."""
        self._lowered_from: float | None = None
        """Factor before the rate was first lowered, until it has risen again."""
        self._changed = self._tolerated_at = now
        self._raise, self._raise_every_s = FIRST_RAISE, RAISE_EVERY_S
        self._refused_at = math.inf
        """Factor at which too many requests were refused."""
        self._unblocked_at, self._accepted_before = -math.inf, 0

    def add_request(self, at: float) -> None:
        """Count a request that is sent at `at`."""
        self._record.add_request(at)

    def add_refusal(self, now: float) -> float | None:
        """Count a refusal; return the share of refusals if it is more than chance."""
        if now >= self._tolerated_at + TOLERATED_S:
            self._record.tolerated = 0.0
        share = self._record.add_refusal(now)
        return max(share or 0.0, ALL_SHARE) if self._record.all_refused(now) else share

    def is_blocked(self, share: float | None, now: float) -> bool:
        """Return True if most requests are refused, a share of them, at a rate just lowered."""
        most = (share or 0.0) >= MOST_SHARE and self._record.refused >= MOST
        return self._trial is not None and (most or self._record.all_refused(now))

    def lower(self, share: float, allowed_per_s: float, now: float) -> None:
        """Lower the rate to what was accepted, after a share of refusals beyond chance.

        `allowed_per_s` are the requests per second that the present factor admits. During a trial
        only a larger share lowers the rate again at once. Where a trial found the rate to be the
        cause and as many are refused before it has risen, that was chance: the trial goes on.
        """
        trial, found = self._trial, self._found
        if found is not None and share >= CAUSE_SHARE * found.share:
            self._judge(found, share, allowed_per_s, now)
        elif trial is None:
            cut = max(share, self._record.share_since_first())
            before = self.factor if self._lowered_from is None else self._lowered_from
            self._lowered_from = before
            self._try(_Trial(share, before, 0, 0), cut, allowed_per_s, now)
        elif share > WORSE_SHARE * trial.share:
            self._try(replace(trial, share=share), share, allowed_per_s, now)

    def unblocked(self, allowed_per_s: float, now: float) -> None:
        """Take in that requests are accepted again after all were refused.

        The rate was not the cause, unless everything was refused before in a short time: then the
        mean rate that was accepted since is taken as the limit, for a trial.
        """
        without_factor = allowed_per_s / self.factor
        if self._trial is not None:
            self.factor, self._trial = self._trial.before, None
        before = self.factor if self._lowered_from is None else self._lowered_from
        self._found = self._lowered_from = None
        self._record.update(now)
        since = now - self._unblocked_at
        if since < BLOCKS_WITHIN_S:
            accepted = (self._record.all_accepted - self._accepted_before) / max(since, 1.0)
            self._note_refusals()
            self.factor = min(self.factor, ACCEPTED_SHARE * accepted / without_factor)
            self._lowered_from = before
            requests = math.ceil(_TRIAL_REFUSALS / ALL_SHARE)
            self._trial = _Trial(ALL_SHARE, before, requests, 0)
        self._unblocked_at, self._accepted_before = now, self._record.all_accepted
        self._set(self.factor, now)

    def advance(self, allowed_per_s: float, now: float, *, largest: float = 1.0) -> None:
        """End a trial that is over, and raise the factor up to `largest` while all is quiet."""
        self._end_trial(allowed_per_s, now)
        if self.factor >= largest or now < self._changed + self._raise_every_s:
            return
        if self._trial is not None or not self._record.is_quiet(now):
            return
        self._found = self._lowered_from = None
        step, self._raise = self._raise, min(LARGEST_RAISE, 2 * self._raise)
        self._set(min(largest, self.factor * (1 + step)), now)
        if self.factor > BEYOND * self._refused_at:
            self._raise_every_s, self._refused_at = RAISE_EVERY_S, math.inf

    def restart(self, now: float) -> None:
        """Forget what was found: the limit itself has changed."""
        self._trial = self._found = self._lowered_from = None
        self._refused_at = math.inf
        self._raise, self._raise_every_s = FIRST_RAISE, RAISE_EVERY_S
        self._set(1.0, now)

    def _end_trial(self, allowed_per_s: float, now: float) -> None:
        self._record.update(now)
        trial, record = self._trial, self._record
        if trial is None or record.sent < trial.requests:
            return
        share = record.refused / record.sent
        if share < CAUSE_SHARE * trial.share:
            self._trial, self._found, record.tolerated = None, trial, 0.0
        else:
            self._judge(trial, share, allowed_per_s, now)

    def _judge(self, trial: _Trial, share: float, allowed_per_s: float, now: float) -> None:
        """Lower the rate again after a trial in which a share was refused, or restore it."""
        again = replace(trial, share=share)
        if share > WORSE_SHARE * trial.share:
            self._try(again, share, allowed_per_s, now)
        elif trial.fruitless + 1 < FRUITLESS_TRIALS:
            self._try(replace(again, fruitless=trial.fruitless + 1), share, allowed_per_s, now)
        else:
            self._trial = self._found = self._lowered_from = None
            self._tolerated_at = now
            self._record.tolerated = min(1.0, share)
            self._raise, self._raise_every_s = FIRST_RAISE, RAISE_EVERY_S
            self._set(trial.before, now)

    def _try(self, trial: _Trial, cut: float, allowed_per_s: float, now: float) -> None:
        """Lower the rate by a share, `cut`, and begin a trial."""
        used = min(1.0, max(_LEAST_USED, self._record.sent_per_s(now) / allowed_per_s))
        self._note_refusals()
        self._set(self.factor * used * ACCEPTED_SHARE * (1 - min(cut, GREATEST_CUT)), now)
        requests = math.ceil(_TRIAL_REFUSALS / trial.share)
        self._trial, self._found = replace(trial, requests=requests), None

    def _note_refusals(self) -> None:
        self._refused_at = self.factor
        self._raise = FIRST_RAISE
        self._raise_every_s = min(LONGEST_RAISE_S, 2 * self._raise_every_s)

    def _set(self, factor: float, now: float) -> None:
        """Set the factor; what was sent at the old rate is not counted."""
        self.factor, self._changed = max(LOWEST, factor), now
        self._record.restart(now, now + SETTLES_IN_S)
