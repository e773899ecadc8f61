"""Resources of replicas and nodes: GPUs, CPU cores and memory."""

from __future__ import annotations

from dataclasses import dataclass

_DIGITS = 6
"""Fractions are rounded, so that taking a share and giving it back is exact."""


@dataclass(frozen=True, slots=True)
class Resources:
    """Amounts of GPUs, CPU cores and memory."""

    gpus: float = 0.0
    cpus: float = 0.0
    memory_gib: float = 0.0

    def holds(self, need: Resources) -> bool:
        """Return True if `need` fits into these."""
        return (
            need.gpus <= self.gpus and need.cpus <= self.cpus and need.memory_gib <= self.memory_gib
        )

    def lacks(self, need: Resources, freed: Resources) -> bool:
        """Return True if `freed` adds to something of which `need` takes more than there is."""
        return (
            (need.gpus > self.gpus and freed.gpus > 0)
            or (need.cpus > self.cpus and freed.cpus > 0)
            or (need.memory_gib > self.memory_gib and freed.memory_gib > 0)
        )

    def minus(self, need: Resources) -> Resources:
        """Return the resources left after `need` is taken."""
        return Resources(
            round(self.gpus - need.gpus, _DIGITS),
            round(self.cpus - need.cpus, _DIGITS),
            round(self.memory_gib - need.memory_gib, _DIGITS),
        )

    def plus(self, freed: Resources) -> Resources:
        """Return the sum with `freed`."""
        return Resources(
            round(self.gpus + freed.gpus, _DIGITS),
            round(self.cpus + freed.cpus, _DIGITS),
            round(self.memory_gib + freed.memory_gib, _DIGITS),
        )

    def times(self, share: float) -> Resources:
        """Return the product with `share`."""
        return Resources(
            round(self.gpus * share, _DIGITS),
            round(self.cpus * share, _DIGITS),
            round(self.memory_gib * share, _DIGITS),
        )
