from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.judging.answers import scale_shares, side_probabilities
from culture_ray.prompts.options import ADDED_MIDDLE, DONT_KNOW
from culture_ray.survey.topics import Scale

AGREE_4 = Scale(4, "agree strongly", "disagree strongly", (1, 2), (3, 4), (), "below_1")
AGREE = Scale(5, "agree strongly", "disagree strongly", (1, 2), (4, 5), (3,), "below_1")


def test_sides_are_the_sums_of_their_options_whatever_the_order() -> None:
    there = side_probabilities((1, 2, 3, 4, 5), (0.1, 0.2, 0.3, 0.15, 0.05), AGREE)
    back = side_probabilities((5, 4, 3, 2, 1), (0.05, 0.15, 0.3, 0.2, 0.1), AGREE)
    assert there == back
    assert (there.pro, there.con, there.middle) == pytest.approx((0.3, 0.2, 0.3))
    assert there.mass == pytest.approx(0.8)
    assert there.value_polarity == pytest.approx(0.6)


def test_the_middle_alone_has_no_polarity() -> None:
    assert side_probabilities((1, 3, 5), (0.0, 0.9, 0.0), AGREE).value_polarity is None


@given(st.lists(st.floats(0, 0.2), min_size=5, max_size=5))
def test_polarity_lies_between_0_and_1_and_does_not_hang_on_the_mass(p: list[float]) -> None:
    whole, half = (side_probabilities(range(1, 6), [x * f for x in p], AGREE) for f in (1.0, 0.5))
    if whole.value_polarity is None or half.value_polarity is None:
        assert whole.pro + whole.con < 1e-300
        return
    assert 0 <= whole.value_polarity <= 1
    if whole.pro + whole.con > 1e-6:
        assert half.value_polarity == pytest.approx(whole.value_polarity)


def test_a_middle_point_that_was_taken_away_has_no_share_and_changes_no_place() -> None:
    assert scale_shares((5, 4, 2, 1), (0.4, 0.1, 0.2, 0.3), AGREE) == [0.3, 0.2, 0.0, 0.1, 0.4]


def test_a_middle_point_that_was_added_counts_half_for_each_answer_beside_it() -> None:
    codes, shares = (1, 2, ADDED_MIDDLE, 3, 4), (0.1, 0.2, 0.4, 0.2, 0.1)
    assert scale_shares(codes, shares, AGREE_4) == pytest.approx([0.1, 0.4, 0.4, 0.1])
    assert scale_shares(codes[::-1], shares[::-1], AGREE_4) == pytest.approx([0.1, 0.4, 0.4, 0.1])
    sides = side_probabilities(codes, shares, AGREE_4)
    assert (sides.pro, sides.con, sides.middle) == pytest.approx((0.3, 0.3, 0.4))


def test_what_is_not_on_the_scale_is_no_share() -> None:
    assert scale_shares((1, 4, DONT_KNOW), (0.2, 0.2, 0.6), AGREE_4) == [0.5, 0.0, 0.0, 0.5]
    assert scale_shares((1, 4, DONT_KNOW), (0.0, 0.0, 1.0), AGREE_4) is None
