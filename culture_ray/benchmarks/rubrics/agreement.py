"""Agreement of two judges that have rated the same answers, field by field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from culture_ray.benchmarks.design.rubric import Rubric, RubricField
from culture_ray.benchmarks.rubrics.gold import rubric_errors
from culture_ray.benchmarks.rubrics.rating import RubricRating
from culture_ray.judging.intervals import Interval, jackknife, kappas


@dataclass(frozen=True)
class RatingAgreement:
    """Agreement of two judges in one field of a rubric."""

    path: str
    answers: int
    """Answers that both have rated."""
    compared: int
    agreement: float
    """As in `RubricError`, NaN where nothing was compared."""
    kappa: Interval | None
    """Cohen's kappa over answers; None for entries of a list, or if it is undefined."""
    difference: float | None
    """Second judge minus first, mean; for numbers only."""


def rating_agreement(
    rubric: Rubric, pairs: Sequence[tuple[RubricRating, RubricRating]]
) -> list[RatingAgreement]:
    """Return the agreement in each field that has values, from both ratings of every answer."""
    fields = rubric.paths()
    return [
        RatingAgreement(
            path=one.path,
            answers=len(pairs),
            compared=one.compared,
            agreement=one.agreement,
            kappa=_kappa(one.path, fields[one.path], pairs),
            difference=one.bias,
        )
        for one in rubric_errors(rubric, pairs)
    ]


def _kappa(
    path: str, field: RubricField, pairs: Sequence[tuple[RubricRating, RubricRating]]
) -> Interval | None:
    if "." in path:  # an entry of a list has no counterpart in the other's
        return None
    place = {name: index for index, name in enumerate(field.categories)}
    tables = np.zeros((len(pairs), len(place), len(place)))
    for table, (first, second) in zip(tables, pairs, strict=True):
        [a], [b] = first.at(path), second.at(path)
        table[place[field.category(a)], place[field.category(b)]] = 1
    return jackknife(tables, kappas)
