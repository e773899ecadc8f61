"""Limits per hour or day among those that headers state: they say nothing about a minute."""

from __future__ import annotations

from culture_ray.spending.limiting.limit_headers import Kind, StatedLimit


class LongerWindows:
    """Kinds of limits that turned out to be per hour or day in one model's headers."""

    def __init__(self) -> None:
        self._kinds: set[Kind] = set()

    def noticed(self, stated: StatedLimit) -> bool:
        """Return True if this limit is the first of its kind that shows a longer window."""
        if not stated.shows_longer_window or stated.kind in self._kinds:
            return False
        self._kinds.add(stated.kind)
        return True

    def is_per_minute(self, stated: StatedLimit, configured: float | None) -> bool:
        """Return True if a limit may be one per minute.

        `configured` is the limit of this kind per minute that the model's YAML states.
        """
        if stated.is_longer_than_a_minute:
            return False
        above = stated.limit is not None and configured is not None and stated.limit > configured
        if above and not stated.has_reset:
            # It may be per day: it lowers what the user has stated, and never raises it.
            return False
        return stated.window_s is not None or stated.kind not in self._kinds
