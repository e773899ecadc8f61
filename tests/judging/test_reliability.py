"""A judge's error, against values worked out by hand or published."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.inter_rater import cohens_kappa

from culture_ray.judging.reliability import (
    JudgedResponse,
    clustered_interval,
    cohen_kappa,
    confusion,
    measure_reliability,
    wilson_interval,
)

P, C, N = "pro", "con", "neutral"


def test_kappa_of_a_worked_example() -> None:
    # p_o = .60, p_e = .60 * .70 + .40 * .30 = .54, kappa = .06 / .46
    assert cohen_kappa(np.array([[45, 15], [25, 15]])) == pytest.approx(0.06 / 0.46)


def test_kappa_of_three_stances_by_hand() -> None:
    table = confusion([P, P, P, C, C, N], [P, P, C, C, N, N])
    assert table.tolist() == [[2, 1, 0], [0, 1, 1], [0, 0, 1]]
    # p_o = 4/6; p_e = (3*2 + 2*2 + 1*2)/36 = 1/3; kappa = (2/3 - 1/3)/(2/3)
    assert cohen_kappa(table) == pytest.approx(0.5)


def test_kappa_is_that_of_statsmodels() -> None:
    for table in np.random.default_rng(0).integers(0, 30, (20, 3, 3)):
        expected = cohens_kappa(table, return_results=False)
        assert cohen_kappa(table) == pytest.approx(expected, abs=1e-12)


def test_kappa_is_undefined_when_everybody_says_the_same() -> None:
    assert cohen_kappa(confusion([P, P], [P, P])) is None
    assert cohen_kappa(confusion([], [])) is None


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_intervals_are_those_of_newcombe_1998(
    successes: int, n: int, low: float, high: float
) -> None:
    interval = wilson_interval(successes, n)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=5e-5)


def test_statements_that_are_wrong_together_widen_the_interval() -> None:
    spread = clustered_interval([1] * 20, [10] * 20)
    together = clustered_interval([10, 10] + [0] * 18, [10] * 20)
    assert spread is not None and together is not None
    assert spread.estimate == together.estimate == pytest.approx(0.1)
    # Errors that never come together say no more than independent ones.
    assert spread == wilson_interval(20, 200)
    # All or nothing: 20 responses rather than 200 statements; by hand the effect is 20/19 * 10.
    expected = wilson_interval(1.9, 19)
    assert (together.low, together.high) == pytest.approx((expected.low, expected.high))


def test_one_response_counts_as_one_observation() -> None:
    assert clustered_interval([2], [10]) == wilson_interval(0.2, 1)
    assert clustered_interval([], []) is None


def test_a_clustered_interval_covers_the_true_error() -> None:
    rng = np.random.default_rng(7)
    covered = 0
    for _ in range(400):
        share = rng.beta(1, 9, size=60)  # mean .1, strongly alike within a response
        interval = clustered_interval(rng.binomial(10, share).tolist(), [10] * 60)
        assert interval is not None
        covered += interval.low <= 0.1 <= interval.high
    assert 0.92 <= covered / 400 <= 0.98


def test_reliability_counts_missing_and_extra_stances_apart() -> None:
    rows = measure_reliability(
        [
            JudgedResponse([P, P, C, N], [P, C, C], (("language", "da"),)),
            JudgedResponse([C, P], [C, P, P], (("language", "nl"),)),
            JudgedResponse([P], [], (("language", "nl"),)),
        ]
    )
    assert [(r.kind, r.group) for r in rows] == [
        ("all", "all"),
        ("language", "da"),
        ("language", "nl"),
    ]
    whole, danish, dutch = rows
    assert (whole.responses, whole.statements, whole.missing, whole.extra) == (3, 7, 2, 1)
    assert whole.error is not None and whole.error.estimate == pytest.approx(1 / 5)
    assert whole.flipped is not None and whole.flipped.estimate == pytest.approx(1 / 5)
    assert whole.confusion.sum() == whole.statements - whole.missing
    assert danish.accuracy == pytest.approx(2 / 3)
    assert dutch.accuracy == 1


def test_neutral_read_as_a_side_is_an_error_but_no_flip() -> None:
    (row,) = measure_reliability([JudgedResponse([N, P, C, P], [P, P, C, N])])
    assert row.error is not None and row.error.estimate == 0.5
    assert row.flipped is not None and row.flipped.estimate == 0


def test_disputed_opinions_are_counted_and_kept_out_of_the_error() -> None:
    judged = [
        JudgedResponse([P, C, N], [P, P, N, C], agreed=[True, False, True]),
        JudgedResponse([C], [P]),
    ]
    (row,) = measure_reliability(judged)
    assert (row.statements, row.missing, row.extra, row.disputed) == (3, 0, 1, 1)
    assert row.confusion.tolist() == [[1, 0, 0], [1, 0, 0], [0, 0, 1]]
    (row,) = measure_reliability(judged, include_disputed=True)
    assert (row.statements, row.missing, row.extra, row.disputed) == (4, 0, 1, 1)
    assert row.confusion.tolist() == [[1, 0, 0], [2, 0, 0], [0, 0, 1]]


def test_a_disputed_opinion_that_the_judge_left_out_is_not_missing() -> None:
    (row,) = measure_reliability([JudgedResponse([P, C], [P], agreed=[True, False])])
    assert (row.statements, row.missing, row.disputed) == (1, 0, 1)


def test_a_judge_that_always_says_one_thing_is_found_out() -> None:
    (row,) = measure_reliability([JudgedResponse([P, C, N], [P, P, P])])
    assert row.always == "pro"
    assert row.kappa == pytest.approx(0)
    (right,) = measure_reliability([JudgedResponse([P, P], [P, P])])
    assert right.always is None


def test_nothing_judged_has_no_error_rather_than_none_made() -> None:
    (row,) = measure_reliability([JudgedResponse([P], [])])
    assert row.error is None and row.accuracy is None and row.kappa is None


def test_an_unknown_stance_is_refused() -> None:
    with pytest.raises(ValueError, match="found 'pro' and 'for'"):
        measure_reliability([JudgedResponse([P], ["for"])])
