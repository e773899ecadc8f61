"""Krippendorff's alpha counted unit by unit: an independent check of `judging.intervals.alphas`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence


def krippendorff_alpha(ratings: Sequence[Sequence[Hashable | None]]) -> float | None:
    """Return Krippendorff's alpha for nominal ratings, units x raters with None for missing.

    alpha = 1 - (n - 1) sum_{c != k} o_ck / sum_{c != k} n_c n_k, with the coincidences o of units
    that have at least two ratings (Krippendorff 2011, Computing Krippendorff's
    Alpha-Reliability). None when fewer than two such ratings exist or all are equal.
    """
    units = [[r for r in unit if r is not None] for unit in ratings]
    units = [unit for unit in units if len(unit) >= 2]
    totals: Counter[Hashable] = Counter(r for unit in units for r in unit)
    n = totals.total()
    expected = n * n - sum(count * count for count in totals.values())
    if expected == 0:
        return None
    observed = sum(_disagreement(unit) for unit in units)
    return 1 - (n - 1) * observed / expected


def _disagreement(unit: Sequence[Hashable]) -> float:
    """Ordered pairs of unlike ratings over ratings less one: the unit's off-diagonal o."""
    m = len(unit)
    alike = sum(count * (count - 1) for count in Counter(unit).values())
    return (m * (m - 1) - alike) / (m - 1)
