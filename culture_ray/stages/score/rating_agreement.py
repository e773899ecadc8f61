"""Agreement of a run's judges in their ratings of a benchmark's answers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.benchmarks.rubrics.agreement import RatingAgreement, rating_agreement
from culture_ray.benchmarks.rubrics.rating import RubricRating
from culture_ray.benchmarks.scoring.rubric_scores import RatedAnswer


def agreement_rows(
    benchmark: Benchmark, ratings: Mapping[str, Sequence[RatedAnswer]]
) -> list[dict[str, object]]:
    """Return one row per field and two judges (RATING_AGREEMENT schema); none for one judge."""
    if benchmark.rubric is None:
        return []
    by_answer = {
        judge: {one.answer: RubricRating(one.values) for one in own}
        for judge, own in ratings.items()
    }
    rows = []
    for judge, other in combinations(by_answer, 2):
        first, second = by_answer[judge], by_answer[other]
        pairs = [(first[answer], second[answer]) for answer in first if answer in second]
        rows += [
            {"benchmark": benchmark.name, "judge": judge, "other": other, **_columns(one)}
            for one in rating_agreement(benchmark.rubric, pairs)
        ]
    return rows


def _columns(one: RatingAgreement) -> dict[str, object]:
    kappa = one.kappa
    return {
        "field": one.path,
        "answers": one.answers,
        "compared": one.compared,
        "agreement": None if math.isnan(one.agreement) else one.agreement,
        "kappa": None if kappa is None else kappa.estimate,
        "kappa_low": None if kappa is None else kappa.low,
        "kappa_high": None if kappa is None else kappa.high,
        "difference": one.difference,
    }
