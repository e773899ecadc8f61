"""Outage of a model in batches: its requests wait while small batches probe; pure.

A batch without an answer, some of whose requests failed by passing faults, begins it. Then one
batch at a time probes, with one request and a control request beside it, after ever longer pauses,
until any batch is answered. The spending governor gives up after the configured time.
"""

from __future__ import annotations

from collections.abc import Callable

from culture_ray.spending.breaker import LONGEST_HEEDED_S, probe_interval_s


class BatchOutage:
    """State of one model's batches; times are monotonic seconds."""

    def __init__(self, chance: Callable[[], float]) -> None:
        """Make the state of a model that answers; `chance` returns numbers in 0..1."""
        self._chance = chance
        self._since: float | None = None
        self._probe: str | None = None
        """Key of the batch that probes."""
        self._next_probe_at = 0.0

    @property
    def is_open(self) -> bool:
        """Return True while requests wait."""
        return self._since is not None

    def is_probe_due(self, now: float) -> bool:
        """Return True if a batch is to be sent as a probe."""
        return self.is_open and self._probe is None and now >= self._next_probe_at

    def probe_sent(self, key: str) -> None:
        """Note the key of the batch that probes."""
        self._probe = key

    def resume(self, now: float) -> None:
        """Begin with a probe at once: the last batch of an earlier session had no answer."""
        if not self.is_open:
            self._since = self._next_probe_at = now

    def failed(self, key: str, retry_after_s: float | None, now: float) -> None:
        """Take in a batch that ended without an answer, by passing faults."""
        if not self.is_open:
            self._since, self._probe = now, key
        self.withdrawn(key, now, min(retry_after_s or 0.0, LONGEST_HEEDED_S))

    def withdrawn(self, key: str, now: float, heeded_s: float = 0.0) -> None:
        """Take in the end of a batch that shows nothing; if it was the probe, another follows."""
        if self._since is not None and self._probe == key:
            pause_s = probe_interval_s(now - self._since, self._chance())
            self._probe, self._next_probe_at = None, now + max(pause_s, heeded_s)

    def answered(self) -> None:
        """End the outage: a batch has an answer."""
        self._since = self._probe = None
