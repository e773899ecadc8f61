"""Majority vote and pairwise agreement of several judges of the same opinions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations

from culture_ray.judging.parse import Stance


@dataclass(frozen=True)
class Vote:
    """Majority vote of the judges of one response."""

    stances: tuple[Stance, ...]
    ties: int
    """Number of opinions without a most frequent stance, which are set to neutral."""
    judges: int
    """Number of judges in the vote, which found the same number of opinions."""


def majority_vote(
    readings: Sequence[Sequence[Stance]], *, opinions: int | None = None
) -> Vote | None:
    """Return the most frequent stance of each opinion of one response; None without readings.

    `readings` are the stances that each judge gave. Readings of different length cannot be compared
    opinion by opinion, so only those of the most frequent length vote. Ties between lengths are
    broken in favour of `opinions`, the number found by rule, then of the greater length.
    """
    nonempty = [tuple(reading) for reading in readings if len(reading) > 0]
    if not nonempty:
        return None
    lengths = Counter(map(len, nonempty))
    length = max(lengths, key=lambda n: (lengths[n], n == opinions, n))
    voters = [reading for reading in nonempty if len(reading) == length]
    stances_by_vote = [_most_frequent(column) for column in zip(*voters, strict=True)]
    stances = tuple(stance or "neutral" for stance in stances_by_vote)
    return Vote(stances, ties=stances_by_vote.count(None), judges=len(voters))


def pairwise_agreement(ratings: Sequence[Sequence[Hashable | None]]) -> float | None:
    """Return the share of equal pairs among all pairs of raters that rated the same unit.

    `ratings` is units x raters, with None for a missing rating. Returns None if no unit has two
    ratings.
    """
    pairs = [
        a == b for unit in ratings for a, b in combinations([r for r in unit if r is not None], 2)
    ]
    return sum(pairs) / len(pairs) if pairs else None


def _most_frequent(column: Sequence[Stance]) -> Stance | None:
    counts = Counter(column).most_common(2)
    tied = len(counts) == 2 and counts[0][1] == counts[1][1]
    return None if tied else counts[0][0]
