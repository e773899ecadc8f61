"""The truths of simulated studies are rank correlations over infinitely many topics."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from culture_ray.simulation.truths import STATEMENTS, truths

SIGNAL = np.array([0.6, 1.5, 3.2])


def test_latent_agreement_is_told_from_true_alignment_and_back() -> None:
    known = truths()
    signal = known.signal_for(np.array([0.45, 0.6, 0.8]))
    alignment = np.array([0.2, 0.5, 0.7])
    assert known.alignment_of(known.agreement_for(alignment, signal), signal) == pytest.approx(
        alignment
    )
    assert known.consistency_of(signal) == pytest.approx([0.45, 0.6, 0.8])


@pytest.mark.parametrize(("error", "skew"), [(0.0, 0.0), (0.2, 0.0), (0.1, 1.5)])
def test_many_topics_have_the_rank_correlations_of_the_tables(error: float, skew: float) -> None:
    rng = np.random.default_rng(1)
    known, agreement = truths(error, skew), 0.7
    g, own = rng.normal(size=(2, 40_000))
    z = agreement * g + np.sqrt(1 - agreement**2) * own
    for signal in SIGNAL:
        pro = 1 / (1 + np.exp(-(signal * z + skew)))
        read = rng.binomial(STATEMENTS, pro * (1 - error) + (1 - pro) * error, size=(2, len(z)))
        one = np.array([signal])
        aligned = stats.spearmanr(read[0], g).statistic
        assert known.alignment_of(np.array([agreement]), one)[0] == pytest.approx(aligned, abs=0.02)
        same = stats.spearmanr(*read).statistic
        assert known.consistency_of(one)[0] == pytest.approx(same, abs=0.02)


def test_a_judge_that_errs_lowers_both_truths() -> None:
    agreement = np.full(3, 0.7)
    exact, noisy = truths(), truths(0.2)
    assert np.all(noisy.alignment_of(agreement, SIGNAL) < exact.alignment_of(agreement, SIGNAL))
    assert np.all(noisy.consistency_of(SIGNAL) < exact.consistency_of(SIGNAL))


def test_tables_hold_correlations_that_rise_with_agreement_and_reach_to_their_ends() -> None:
    known, ends = truths(), np.array([0.3, 4.0, 9.0])
    assert np.all(np.abs(known.alignment) <= 1)
    assert np.all(np.diff(known.alignment, axis=1) > 0)
    highest = known.alignment[[0, -1, -1], -1]
    np.testing.assert_allclose(known.highest_alignment(ends), highest)
