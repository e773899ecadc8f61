"""Figures over the judge's reliability keep the intervals of what they are made from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from culture_ray.stages.regress.judge_corrected import judge_free_figures

ROWS = pd.DataFrame(
    {
        "self_consistency": [0.4, 0.5, 0.4, np.nan],
        "self_consistency_std_error": [0.05, 0.05, 0.05, np.nan],
        "self_consistency_ci_low": [0.32, np.nan, 0.32, np.nan],
        "self_consistency_ci_high": [0.55, np.nan, 0.55, np.nan],
        "alignment_language": [0.6, 0.5, 0.6, 0.5],
        "alignment_language_std_error": [0.1, 0.1, 0.1, 0.1],
        "alignment_us": [0.5, 0.5, 0.5, 0.5],
        "alignment_us_std_error": [0.1, 0.1, 0.1, 0.1],
    }
)


def found() -> pd.DataFrame:
    reliability = np.array([0.8, 0.8, np.nan, 0.8])
    return judge_free_figures(ROWS, reliability, np.full(4, 21))


def test_the_interval_of_self_consistency_is_scaled_and_stays_uneven() -> None:
    row = found().iloc[0]
    assert row["self_consistency_judge_free"] == pytest.approx(0.5)
    ends = row[["self_consistency_judge_free_ci_low", "self_consistency_judge_free_ci_high"]]
    assert ends.tolist() == pytest.approx([0.4, 0.6875])


def test_an_interval_that_is_withheld_is_withheld_over_the_reliability_too() -> None:
    row = found().iloc[1]
    assert row["self_consistency_judge_free"] == pytest.approx(0.625)
    ends = row[["self_consistency_judge_free_ci_low", "self_consistency_judge_free_ci_high"]]
    assert ends.isna().all()


def test_alignment_has_a_t_interval_over_the_root_of_the_reliability() -> None:
    row = found().iloc[0]
    reach = stats.t.ppf(0.975, 20) * 0.1 / np.sqrt(0.8)
    assert row["alignment_language_judge_free"] == pytest.approx(0.6 / np.sqrt(0.8))
    assert row["alignment_language_judge_free_ci_high"] == pytest.approx(0.6 / np.sqrt(0.8) + reach)


def test_nothing_is_known_without_a_reliability() -> None:
    assert found().iloc[2].isna().all()
    only = found().iloc[3].filter(like="self_consistency")
    assert only.isna().all()
