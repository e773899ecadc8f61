"""Agreement among several readers of the same opinions, and their majority vote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations

from culture_ray.judging.parse import Stance


@dataclass(frozen=True)
class Vote:
    """The stances that most judges gave to one response."""

    stances: tuple[Stance, ...]
    ties: int
    """Opinions without a most frequent stance, which are set to neutral."""
    judges: int
    """Judges that took part: those that found the same number of opinions."""


def majority_vote(
    readings: Sequence[Sequence[Stance]], *, opinions: int | None = None
) -> Vote | None:
    """Return the most frequent stance for each opinion of one response; None without readings.

    Judges that found different numbers of opinions cannot be compared one to one: the number that
    most of them found takes part, and of equally many the one that the rule found (`opinions`),
    or else the larger.
    """
    given = [tuple(reading) for reading in readings if len(reading) > 0]
    if not given:
        return None
    votes = Counter(map(len, given))
    length = max(votes, key=lambda n: (votes[n], n == opinions, n))
    voters = [reading for reading in given if len(reading) == length]
    decided = [_most_frequent(column) for column in zip(*voters, strict=True)]
    stances = tuple(stance or "neutral" for stance in decided)
    return Vote(stances, ties=decided.count(None), judges=len(voters))


def pairwise_agreement(ratings: Sequence[Sequence[Hashable | None]]) -> float | None:
    """Return the share of equal pairs among all pairs of raters that rated the same unit.

    `ratings` is units x raters; None marks a missing rating. None when no unit has two ratings.
    """
    pairs = [
        a == b for unit in ratings for a, b in combinations([r for r in unit if r is not None], 2)
    ]
    return sum(pairs) / len(pairs) if pairs else None


def _most_frequent(column: Sequence[Stance]) -> Stance | None:
    counts = Counter(column).most_common(2)
    tied = len(counts) == 2 and counts[0][1] == counts[1][1]
    return None if tied else counts[0][0]
