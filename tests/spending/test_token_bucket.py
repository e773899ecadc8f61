"""Times that follow from the limits by arithmetic; 6000 a minute are 99 a second, 24.75 at once."""

from __future__ import annotations

import math

import pytest
from pytest import approx

from culture_ray.spending.token_bucket import TokenBucket


def test_a_full_bucket_holds_a_quarter_of_a_second_and_fills_at_99_percent() -> None:
    bucket = TokenBucket(6000, None)
    assert bucket.rate == approx(99)
    assert bucket.earliest(3.0, 24.75) == 3.0
    bucket.charge(3.0, 24.75)
    assert bucket.earliest(3.0, 9.9) == approx(3.1)
    assert bucket.earliest(9.0, 9.9) == 9.0


def test_a_large_charge_goes_when_the_bucket_is_full_and_leaves_a_debt() -> None:
    bucket = TokenBucket(6000, None)
    bucket.charge(0.0, 24.75)
    assert bucket.earliest(0.0, 100) == approx(0.25)
    bucket.charge(0.25, 100)
    assert bucket.earliest(0.25, 24.75) == approx(0.25 + 100 / 99)


def test_a_factor_on_the_rate_slows_it_down() -> None:
    bucket = TokenBucket(6000, None)
    bucket.charge(0.0, 24.75)
    bucket.rate_factor = 0.5
    assert bucket.rate == approx(49.5)
    assert bucket.earliest(0.0, 9.9) == approx(0.2)


def test_a_charge_is_never_before_the_one_before_it() -> None:
    bucket = TokenBucket(6000, None)
    first, second = bucket.charge(5.0, 3), bucket.charge(3.0, 4)
    assert (first.at, second.at) == (5.0, 5.0)
    assert (first.before, second.before) == (0, 3)
    assert bucket.charge(6.0, 1).before == 7


def test_the_mean_charge_is_1_before_the_first() -> None:
    bucket = TokenBucket(6000, None)
    assert bucket.mean_charge == 1.0
    bucket.charge(0.0, 3)
    bucket.charge(0.0, 4)
    assert bucket.mean_charge == 3.5


def test_without_a_limit_nothing_waits() -> None:
    bucket = TokenBucket(None, 60.0)
    assert bucket.rate == math.inf
    charge = bucket.charge(1.0, 1e9)
    bucket.observe_remaining(charge, 1.0, 1.0)
    bucket.correct(charge, 5)
    assert bucket.earliest(1.0, 1e9) == 1.0


def test_a_correction_refunds_or_charges_the_difference() -> None:
    bucket = TokenBucket(6000, None)
    bucket.correct(bucket.charge(0.0, 20), 5)
    assert bucket.earliest(0.0, 19.75) == 0.0
    assert bucket.earliest(0.0, 24.75) == approx(5 / 99)
    bucket.correct(bucket.charge(0.0, 5), 15)
    assert bucket.earliest(0.0, 24.75) == approx(20 / 99)


def test_a_refund_fills_the_bucket_by_one_mean_charge_more_than_full_and_no_more() -> None:
    bucket = TokenBucket(6000, None)
    first = bucket.charge(0.0, 20)
    bucket.charge(1.0, 0)
    bucket.correct(first, 0)
    bucket.charge(1.5, 24.75)
    assert bucket.earliest(1.5, 10) == approx(1.5)
    assert bucket.earliest(1.5, 10.99) == approx(1.51)


def test_the_provider_never_has_more_than_a_minute() -> None:
    bucket = TokenBucket(6000, None)
    first = bucket.charge(0.0, 100)
    bucket.charge(2.0, 100)  # full again before it
    bucket.correct(first, 0)
    bucket.charge(2.0, 100)
    # 100 are missing in the provider's bucket, and 175.25 of ours.
    assert bucket.earliest(2.0, 6000) == approx(2 + (24.75 + 75.25) / 99)


def test_a_window_holds_no_more_than_its_share_of_the_minute_and_a_little_longer() -> None:
    bucket = TokenBucket(6000, 1.0)
    bucket.charge(0.0, 100)
    assert bucket.earliest(0.0, 10) == approx(1.01)


def test_a_long_window_is_kept_a_tenth_of_a_second_longer() -> None:
    bucket = TokenBucket(6000, 60.0)
    bucket.charge(0.0, 6000)
    assert bucket.earliest(0.0, 1) == approx(60.606, abs=0.4)
    bucket.rate_factor = 10.0
    assert bucket.earliest(0.0, 1) == approx(60.1)


def test_a_charge_waits_until_enough_of_the_window_has_left() -> None:
    bucket = TokenBucket(6000, 1.0)
    first = bucket.charge(0.0, 60)
    bucket.charge(0.5, 40)
    assert bucket.earliest(0.5, 10) == approx(1.01)
    assert bucket.earliest(0.5, 60) == approx(0.5 + 50.5 / 99)
    assert bucket.earliest(0.5, 70) == approx(1.51)
    assert bucket.earliest(0.5, 200) == approx(1.51), "an empty window, where it never has room"
    bucket.correct(first, 0)
    assert bucket.earliest(0.5, 60) == 0.5
    assert bucket.earliest(0.5, 61) == approx(1.51)


def test_a_correction_of_what_left_the_window_leaves_the_window_alone() -> None:
    bucket = TokenBucket(6000, 1.0)
    first = bucket.charge(0.0, 60)
    bucket.charge(2.0, 40)
    bucket.correct(first, 0)
    assert bucket.earliest(2.0, 70) == approx(3.01)


def test_a_provider_that_has_less_left_is_believed() -> None:
    bucket = TokenBucket(6000, None)
    first = bucket.charge(0.0, 100)
    bucket.charge(0.0, 50)
    bucket.observe_remaining(first, 100, 0.0)
    assert bucket.earliest(0.0, 1000) == approx(950 / 99), "50 were sent since"
    bucket.observe_remaining(first, 1e9, 0.0)
    assert bucket.earliest(0.0, 1000) == approx(950 / 99), "more is not believed"


def test_what_was_sent_since_the_answer_counts_by_the_share_that_is_used() -> None:
    bucket = TokenBucket(6000, None)
    first = bucket.charge(0.0, 100)
    bucket.charge(0.0, 50)
    final = bucket.charge(0.0, 30)
    bucket.correct(final, 10)
    bucket.observe_remaining(first, 100, 0.0, share=0.5)
    assert bucket.earliest(0.0, 1000) == approx((1000 - (100 - 25 - 10)) / 99)


def test_what_was_refilled_since_the_answer_counts() -> None:
    bucket = TokenBucket(6000, None)
    first = bucket.charge(1.0, 100)
    bucket.charge(1.0, 50)
    bucket.observe_remaining(first, 100, 3.0)
    assert bucket.earliest(3.0, 1000) == approx(3 + (1000 - (100 + 198 - 50)) / 99)


def test_a_little_less_than_thought_is_believed_too() -> None:
    bucket = TokenBucket(6000, None)
    first = bucket.charge(0.0, 100)
    bucket.charge(0.0, 50)
    bucket.observe_remaining(first, 5890, 0.0)
    assert bucket.earliest(0.0, 6000) == approx(160 / 99)


def test_a_limit_that_becomes_known_starts_with_an_empty_bucket() -> None:
    bucket = TokenBucket(None, None)
    bucket.set_limit(6000, 5.0)
    assert bucket.earliest(5.0, 24.75) == approx(5.25)
    assert bucket.earliest(5.0, 6000) == approx(5.25), "the provider's is full"
    later = TokenBucket(None, None)
    later.charge(7.0, 1)
    later.set_limit(6000, 5.0)
    assert later.earliest(7.0, 24.75) == approx(7.25)


def test_a_lower_limit_lowers_the_level_and_keeps_what_is_used() -> None:
    full = TokenBucket(6000, None)
    full.set_limit(3000, 0.0)
    full.charge(0.0, 12.375)
    assert full.earliest(0.0, 1) == approx(1 / 49.5)
    used = TokenBucket(6000, None)
    used.charge(0.0, 100)
    used.set_limit(3000, 0.0)
    assert used.earliest(0.0, 3000) == approx(100 / 49.5)


def test_a_higher_limit_fills_no_bucket_at_once() -> None:
    bucket = TokenBucket(6000, None)
    bucket.set_limit(12_000, 0.0)
    assert bucket.earliest(0.0, 49.5) == approx(24.75 / 198)


def test_what_was_refilled_before_a_change_of_limit_counts_at_the_old_rate() -> None:
    bucket = TokenBucket(6000, None)
    bucket.charge(0.0, 100)
    bucket.set_limit(60, 1.0)
    # 99 of the 100 are back at the provider, and ours is as full as a small one can be.
    assert bucket.earliest(1.0, 60) == approx(1 + 1 / 0.99)


@pytest.mark.parametrize(
    ("per_minute", "charge", "window"),
    [(6000, 1.0, 1.0), (1980, 1.0, 1.0), (1979, 1.0, 10.0), (198, 1.0, 10.0), (3960, 2.0, 1.0),
     (3959, 2.0, 10.0)],
)  # fmt: skip
def test_the_shortest_window_that_holds_33_charges_is_adopted_once(
    per_minute: float, charge: float, window: float
) -> None:
    bucket = TokenBucket(per_minute, 60.0)
    bucket.charge(-1e6, charge)
    assert bucket.shorten_window()
    holds = per_minute * window / 60
    bucket.rate_factor = 100.0
    bucket.charge(0.0, holds)
    assert bucket.earliest(0.0, 0.1) == approx(window + min(0.1, window / 100))
    assert not bucket.shorten_window() or window > 1.0


def test_windows_that_would_hold_too_little_are_not_adopted() -> None:
    assert not TokenBucket(197, 60.0).shorten_window()
    assert not TokenBucket(None, 60.0).shorten_window()
    assert not TokenBucket(6000, None).shorten_window()
    assert not TokenBucket(6000, 1.0).shorten_window()
