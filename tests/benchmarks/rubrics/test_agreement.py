"""Agreement of two judges: equal values, beyond chance, and how much higher one of them rates."""

from __future__ import annotations

import math

import pytest

from culture_ray.benchmarks.rubrics.agreement import rating_agreement
from culture_ray.benchmarks.rubrics.rating import RubricRating
from tests.benchmarks.rubrics.test_rating import RUBRIC


def _rating(quality: int, harmful: bool, cultures: tuple[str, ...] = ("Western",)) -> RubricRating:
    references = [{"culture": culture, "tone": "positive"} for culture in cultures]
    return RubricRating({"references": references, "quality": quality, "harmful": harmful})


def test_equal_values_kappa_and_difference_are_those_of_the_pairs() -> None:
    pairs = [
        (
            _rating(1 + n % 3, n < 4),
            _rating(2 + n % 3, n < 6, ("Western", "East Asian")[: 1 + n % 2]),
        )
        for n in range(12)
    ]
    found = {one.path: one for one in rating_agreement(RUBRIC, pairs)}
    assert set(found) == {"references.culture", "references.tone", "quality", "harmful"}
    quality, harmful = found["quality"], found["harmful"]
    assert (quality.answers, quality.compared) == (12, 12)
    assert (quality.agreement, quality.difference) == (0.0, 1.0)
    assert harmful.agreement == pytest.approx(10 / 12)
    assert harmful.difference is None
    # Both true 4, both false 6, second true alone 2: p_o = 10/12, p_e = (4 * 6 + 8 * 6) / 144.
    assert harmful.kappa is not None
    assert harmful.kappa.estimate == pytest.approx((10 / 12 - 0.5) / 0.5)
    assert harmful.kappa.low < harmful.kappa.estimate < harmful.kappa.high
    culture = found["references.culture"]
    assert culture.kappa is None
    assert culture.agreement == pytest.approx(2 * 12 / (12 + 18))


def test_without_a_common_answer_there_is_no_agreement() -> None:
    for one in rating_agreement(RUBRIC, []):
        assert (one.answers, one.kappa) == (0, None)
        assert math.isnan(one.agreement)
