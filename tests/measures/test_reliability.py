import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from culture_ray.measures.cells import tabulate
from culture_ray.measures.reliability import (
    disattenuated,
    leaning_judge_reliability,
    population_reliability,
)
from culture_ray.measures.result import InvalidMeasureInput, Measured, Reason, measured
from tests.measures.reliability import (
    effective_responses,
    judge_reliability,
    topic_mean_reliability,
)


def test_judge_reliability_is_the_squared_correlation_with_what_an_errorless_judge_would_say():
    rng = np.random.default_rng(2)
    true = rng.binomial(1, rng.random((60_000, 1)), (60_000, 6))
    judged = np.where(rng.random(true.shape) < 0.08, 1 - true, true)
    expected = np.corrcoef(true.mean(axis=1), judged.mean(axis=1))[0, 1] ** 2
    found = judge_reliability(judged.mean(axis=1), 6, 0.08)
    assert abs(found.value - expected) < 0.005


def test_unequal_numbers_of_statements_enter_by_their_harmonic_mean():
    polarity = [0.1, 0.9, 0.5, np.nan]
    mixed = judge_reliability(polarity, [2, 6, 3, 0], 0.1)
    same = judge_reliability(polarity[:3], 3.0, 0.1)
    np.testing.assert_allclose(mixed.value, same.value)


def test_judge_reliability_is_undefined_where_noise_or_nothing_is_all_there_is():
    noisy = judge_reliability([0.45, 0.55], 4, [0.0, 0.4])
    assert noisy.value[0] == 1.0
    assert noisy.reason.tolist() == [Reason.DEFINED, Reason.NOISE_EXCEEDS_SPREAD]
    assert judge_reliability([0.5, 0.5], 4, 0.1).reason == Reason.CONSTANT_RESPONSES
    assert judge_reliability([np.nan], 4, 0.1).reason == Reason.NO_RESPONSES


@given(st.floats(0.05, 1), st.floats(0.05, 1), st.floats(-1, 1))
def test_disattenuation_undoes_noise_on_both_sides(first, second, true):
    seen = measured(np.array([true * np.sqrt(first * second)]), [])
    np.testing.assert_allclose(disattenuated(seen, first, second).value, [true], atol=1e-12)


def test_what_cannot_be_disattenuated_says_why_and_keeps_an_earlier_reason():
    figures = Measured(np.array([0.5, 0.5, np.nan]), np.array([0, 0, 5], dtype=np.int8))
    found = disattenuated(figures, [0.25, -0.1, np.nan])
    np.testing.assert_allclose(found.value, [1.0, np.nan, np.nan])
    assert found.reason.tolist() == [
        Reason.DEFINED,
        Reason.NOT_RELIABLE,
        Reason.CONSTANT_GROUND_TRUTH,
    ]


def test_means_of_k_responses_correlate_by_the_formula():
    rng = np.random.default_rng(4)
    rho, k = 0.4, 5
    true = rng.normal(0, np.sqrt(rho), (40_000, 1))
    means = [(true + rng.normal(0, np.sqrt(1 - rho), (40_000, k))).mean(axis=1) for _ in range(2)]
    expected = np.corrcoef(*means)[0, 1]
    assert abs(topic_mean_reliability(rho, k).value - expected) < 0.01


def test_topic_means_of_inconsistent_responses_have_no_reliability():
    found = topic_mean_reliability([0.5, 0.0, np.nan], 4)
    assert found.reason.tolist() == [Reason.DEFINED, Reason.NOT_RELIABLE, Reason.NOT_RELIABLE]


def test_effective_responses_are_a_harmonic_mean():
    cell = tabulate([0] * 2 + [1] * 6, np.linspace(0, 1, 8))
    assert effective_responses(cell) == pytest.approx(3.0)
    assert np.isnan(effective_responses(tabulate([], [])))


def test_impossible_judge_errors_are_refused():
    with pytest.raises(InvalidMeasureInput, match=r"0\.\.0\.5"):
        judge_reliability([0.1, 0.2], 3, 0.7)
    with pytest.raises(InvalidMeasureInput, match="no statements"):
        judge_reliability([0.1, 0.2], [0, 3], 0.1)


def test_reliability_of_a_population_is_what_sampling_leaves_of_its_spread() -> None:
    random = np.random.default_rng(3)
    true = random.uniform(0.1, 0.9, 4000)
    error = np.full(4000, 0.1)
    first, second = (true + random.normal(0, error) for _ in range(2))
    twice = np.corrcoef(first, second)[0, 1]
    assert population_reliability(first, error) == pytest.approx(twice, abs=0.02)
    assert population_reliability(first, np.full(4000, np.nan)) == 1.0
    assert population_reliability([0.4, 0.5, np.nan], [0.3, 0.3, np.nan]) == 0.0
    assert population_reliability([0.4, np.nan], [0.1, np.nan]) == 1.0


def _read(rng: np.random.Generator, true: np.ndarray, a: float, b: float, n: int) -> np.ndarray:
    """Return judged value polarities of responses with n opinions, round(n true) of them pro."""
    pro = np.round(true * n).astype(int)
    return (rng.binomial(pro, 1 - a) + rng.binomial(n - pro, b)) / n


@pytest.mark.parametrize(("a", "b"), [(0.045, 0.045), (0.15, 0.15), (0.3, 0.05), (0.02, 0.25)])
def test_a_known_error_is_mended_and_the_true_correlation_recovered(a: float, b: float) -> None:
    rng, n, m = np.random.default_rng(11), 10, 200_000
    people = rng.uniform(size=m)
    true = np.round(np.clip(0.3 * people + 0.35 + rng.normal(0, 0.1, m), 0, 1) * n) / n
    seen = _read(rng, true, a, b, n)
    again = _read(rng, true, a, b, n)
    share = float(leaning_judge_reliability(seen, n, a, b).value)
    really = np.corrcoef(true, people)[0, 1]
    naive = np.corrcoef(seen, people)[0, 1]
    mended = disattenuated(measured(np.asarray(naive), []), share)
    assert naive < really - 0.02
    assert float(mended.value) == pytest.approx(really, abs=0.006)
    assert np.corrcoef(seen, again)[0, 1] == pytest.approx(share, abs=0.006)
    ranks = stats.spearmanr(seen, people).statistic / np.sqrt(share)
    assert ranks == pytest.approx(stats.spearmanr(true, people).statistic, abs=0.02)


def test_an_error_that_is_the_same_both_ways_is_the_symmetric_formula() -> None:
    rng = np.random.default_rng(3)
    value, number = rng.uniform(size=50), rng.integers(3, 11, 50)
    value[7] = np.nan
    for e in (0.0, 0.045, 0.2):
        alike = leaning_judge_reliability(value, number, e, e)
        assert float(alike.value) == pytest.approx(float(judge_reliability(value, number, e).value))


def test_a_judge_that_tells_nothing_has_no_reliability() -> None:
    found = leaning_judge_reliability([0.1, 0.9, 0.5], 10, 0.6, 0.4)
    assert found.reason == Reason.NO_INFORMATION
    with pytest.raises(InvalidMeasureInput):
        leaning_judge_reliability([0.1], 10, 1.2, 0)


def test_no_reliability_and_no_spread_are_no_divisions_by_zero():
    with np.errstate(all="raise"):
        found = disattenuated(measured(np.array([0.5, 0.5]), []), [0.0, 0.25])
    assert found.reason.tolist() == [Reason.NOT_RELIABLE, Reason.DEFINED]
    assert found.value[1] == 1.0
    assert population_reliability([0.5, 0.5], [0.1, 0.1]) == 0.0
