"""What a replica takes and a machine has."""

from __future__ import annotations

from dataclasses import dataclass

_DIGITS = 6
"""Sums of fractions are rounded, so that what was taken and given back is exactly there again."""


@dataclass(frozen=True, slots=True)
class Resources:
    """What a replica takes, or what is free."""

    gpus: float = 0.0
    cpus: float = 0.0
    memory_gib: float = 0.0

    def holds(self, need: Resources) -> bool:
        """Return whether `need` fits into this."""
        return (
            need.gpus <= self.gpus and need.cpus <= self.cpus and need.memory_gib <= self.memory_gib
        )

    def lacks(self, need: Resources, freed: Resources) -> bool:
        """Return whether `freed` would bring something that `need` wants and this has not."""
        return (
            (need.gpus > self.gpus and freed.gpus > 0)
            or (need.cpus > self.cpus and freed.cpus > 0)
            or (need.memory_gib > self.memory_gib and freed.memory_gib > 0)
        )

    def minus(self, need: Resources) -> Resources:
        """Return what is left after `need` is taken."""
        return Resources(
            round(self.gpus - need.gpus, _DIGITS),
            round(self.cpus - need.cpus, _DIGITS),
            round(self.memory_gib - need.memory_gib, _DIGITS),
        )

    def plus(self, freed: Resources) -> Resources:
        """Return what is there after `freed` comes back."""
        return Resources(
            round(self.gpus + freed.gpus, _DIGITS),
            round(self.cpus + freed.cpus, _DIGITS),
            round(self.memory_gib + freed.memory_gib, _DIGITS),
        )

    def times(self, share: float) -> Resources:
        """Return this, `share` times."""
        return Resources(
            round(self.gpus * share, _DIGITS),
            round(self.cpus * share, _DIGITS),
            round(self.memory_gib * share, _DIGITS),
        )
