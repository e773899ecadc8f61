"""Agreement of several readers, against published worked examples."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.judging.agreement import majority_vote, pairwise_agreement
from culture_ray.judging.intervals import alphas, coincidences
from tests.judging import krippendorff


def krippendorff_alpha(ratings: Sequence[Sequence[str | None]]) -> float | None:
    """Return alpha of units x raters as the package computes it, None where it has no value."""
    categories = sorted({r for unit in ratings for r in unit if r is not None})
    units = [[categories.index(r) for r in unit if r is not None] for unit in ratings]
    alpha = float(alphas(coincidences(units, len(categories))))
    counted = krippendorff.krippendorff_alpha(ratings)
    if counted is None:
        assert np.isnan(alpha)
        return None
    assert alpha == pytest.approx(counted, abs=1e-12)
    return alpha


def test_alpha_of_two_observers_is_that_of_krippendorff_2011() -> None:
    first, second = "0100000010", "1110010000"
    assert krippendorff_alpha(list(zip(first, second, strict=True))) == pytest.approx(
        0.095, abs=5e-4
    )


def test_alpha_with_missing_ratings_is_that_of_krippendorff_2011() -> None:
    observers = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]
    units = [[None if r == "." else r for r in unit] for unit in zip(*observers, strict=True)]
    assert krippendorff_alpha(units) == pytest.approx(0.743, abs=5e-4)


def test_alpha_is_one_for_perfect_agreement_and_undefined_without_variety() -> None:
    assert krippendorff_alpha([["a", "a"], ["b", "b"]]) == 1
    assert krippendorff_alpha([["a", "a"], ["a", "a"]]) is None
    assert krippendorff_alpha([["a", None], [None, "b"]]) is None


@given(
    st.lists(st.lists(st.sampled_from(["pro", "con", None]), min_size=3, max_size=3), max_size=20)
)
def test_alpha_does_not_depend_on_the_order_of_raters(units: list[list[str | None]]) -> None:
    turned = [list(reversed(unit)) for unit in units]
    assert krippendorff_alpha(units) == krippendorff_alpha(turned)


def test_pairwise_agreement_by_hand() -> None:
    # aa: 1 of 1; aab: 1 of 3; a alone: no pair
    assert pairwise_agreement([["a", "a", None], ["a", "a", "b"], ["a", None, None]]) == 0.5
    assert pairwise_agreement([["a", None]]) is None


def test_most_judges_win_and_a_tie_is_neutral() -> None:
    vote = majority_vote([("pro", "con", "pro"), ("pro", "pro", "con"), ("pro", "pro", "neutral")])
    assert vote is not None
    assert vote.stances == ("pro", "pro", "neutral")
    assert (vote.ties, vote.judges) == (1, 3)


def test_a_judge_with_another_count_does_not_vote() -> None:
    vote = majority_vote([("pro", "con"), ("con",), ("pro", "con")])
    assert vote is not None and vote.stances == ("pro", "con") and vote.judges == 2


def test_of_two_counts_the_one_the_rule_found_votes() -> None:
    readings = [("pro", "con", "con"), ("pro", "con")]
    by_rule, without = majority_vote(readings, opinions=2), majority_vote(readings)
    assert by_rule is not None and len(by_rule.stances) == 2
    assert without is not None and len(without.stances) == 3


def test_no_reading_gives_no_vote() -> None:
    assert majority_vote([]) is None
    assert majority_vote([()]) is None
