"""US minus native, cell by cell and pooled."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from culture_ray.errors import BadTable
from culture_ray.measures.result import FEWEST_TOPICS
from culture_ray.regression.contrasts import us_bias


def _cells() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "model": ["a", "a", "b", "b"],
            "language": ["da", "pt", "da", "pt"],
            "topics": [30, 28, 31, 17],
        }
    )


def _arrays(seed: int = 0, rounds: int = 4000) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    us, native = np.array([0.6, 0.7, 0.5, 0.4]), np.array([0.5, 0.5, 0.5, 0.5])
    topics = 0.2 * rng.normal(size=(rounds, 1))  # what both populations share in a topic draw
    cell = 0.03 * rng.normal(size=(rounds, 4))
    return us, native, us + topics + cell, native + topics


def test_contrasts_are_differences_and_pooled_ones_their_means() -> None:
    terms = {t.term: t for t in us_bias(_cells(), *_arrays()).terms}
    assert terms["us_minus_native:model[a]:language[pt]"].estimate == pytest.approx(0.2)
    assert terms["us_minus_native:model[a]"].estimate == pytest.approx(0.15)
    assert terms["us_minus_native:language[pt]"].estimate == pytest.approx(0.05)
    assert terms["us_minus_native"].estimate == pytest.approx(0.05)
    assert len(terms) == 4 + 2 + 2 + 1


def test_what_both_populations_share_in_a_draw_of_topics_cancels() -> None:
    terms = {t.term: t for t in us_bias(_cells(), *_arrays()).terms}
    assert terms["us_minus_native:model[a]:language[da]"].std_error == pytest.approx(0.03, rel=0.05)
    # four cells with errors of their own
    assert terms["us_minus_native"].std_error == pytest.approx(0.015, rel=0.05)


def test_topics_are_the_sample_of_the_intervals() -> None:
    term = us_bias(_cells(), *_arrays()).terms[3]
    assert term.df == 16
    reach = stats.t.ppf(0.975, 16) * term.std_error
    assert (term.ci_low, term.ci_high) == pytest.approx((-0.1 - reach, -0.1 + reach))


def test_an_undefined_cell_is_left_out_of_the_means_and_named() -> None:
    us, native, us_draws, native_draws = _arrays()
    us[1] = np.nan
    result = us_bias(_cells(), us, native, us_draws, native_draws)
    assert result.notes == ("left out a in pt: an alignment is undefined there",)
    terms = {t.term: t.estimate for t in result.terms}
    assert "us_minus_native:model[a]:language[pt]" not in terms
    assert terms["us_minus_native"] == pytest.approx(0.0)
    assert np.isfinite(list(terms.values())).all()


def test_a_cell_of_very_few_topics_claims_nothing_and_is_in_no_mean() -> None:
    us, native, us_draws, native_draws = _arrays()
    rows = _cells().assign(topics=[30, 4, 31, 17])
    us[1], us_draws[:, 1], native_draws[:, 1] = 1.0, 1.0, 0.5  # the same in every draw
    result = us_bias(rows, us, native, us_draws, native_draws)
    terms = {t.term: t for t in result.terms}
    few = terms["us_minus_native:model[a]:language[pt]"]
    assert few.estimate == pytest.approx(0.5)
    assert np.isnan([few.std_error, few.ci_low, few.ci_high, few.p_value]).all()
    assert terms["us_minus_native:model[a]"].estimate == pytest.approx(0.1)
    assert terms["us_minus_native"].estimate == pytest.approx(0.0)
    assert result.notes == (
        "a in pt has fewer than 5 topics: no interval, and left out of the means",
    )


def test_draws_that_do_not_fit_the_cells_are_refused() -> None:
    us, native, us_draws, native_draws = _arrays()
    with pytest.raises(BadTable, match="draws for 4 cells"):
        us_bias(_cells(), us, native, us_draws[:, :3], native_draws)
    with pytest.raises(BadTable, match=r"lack the column\(s\) topics"):
        us_bias(_cells().drop(columns="topics"), us, native, us_draws, native_draws)


def test_a_cell_of_the_fewest_topics_has_an_interval_and_is_in_the_means() -> None:
    rows = _cells().assign(topics=[30, FEWEST_TOPICS, 31, FEWEST_TOPICS - 1])
    result = us_bias(rows, *_arrays())
    assert [note for note in result.notes if "fewer than" in note] == [
        f"b in pt has fewer than {FEWEST_TOPICS} topics: no interval, and left out of the means"
    ]
    terms = {t.term: t for t in result.terms}
    assert np.isfinite(terms["us_minus_native:model[a]:language[pt]"].std_error)
    assert terms["us_minus_native:language[pt]"].estimate == pytest.approx(0.2)


def test_arrays_of_another_length_are_refused_and_two_draws_are_enough() -> None:
    us, native, us_draws, native_draws = _arrays()
    assert us_bias(_cells(), us, native, us_draws[:2], native_draws[:2]).terms
    for wrong in (
        (us[:3], native, us_draws, native_draws),
        (us, native[:3], us_draws, native_draws),
        (us, native, us_draws[:1], native_draws[:1]),
    ):
        with pytest.raises(BadTable):
            us_bias(_cells(), *wrong)
