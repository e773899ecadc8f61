"""Intervals of cells: t intervals over topics, within the range of the figure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from culture_ray.calibration import SELF_CONSISTENCY
from culture_ray.stages.context import RunContext
from culture_ray.stages.measure.measure import measure
from culture_ray.stages.regress.cells import _with_notes, with_interval
from culture_ray.stages.regress.regress import regress
from tests.answered import answer
from tests.small import small_settings


def test_an_interval_is_that_of_t_with_one_degree_of_freedom_less_than_topics() -> None:
    found = with_interval("x", np.array([0.4, 0.1]), np.array([0.1, 0.02]), np.array([11, 32]))
    for row, (middle, error, topics) in enumerate([(0.4, 0.1, 11), (0.1, 0.02, 32)]):
        low, high = stats.t.interval(0.95, topics - 1, middle, error)
        assert found["x_ci_low"][row] == pytest.approx(low)
        assert found["x_ci_high"][row] == pytest.approx(high)


def test_an_interval_ends_where_its_figure_does() -> None:
    values, error, topics = np.array([0.95, -0.95, np.nan]), np.full(3, 0.2), np.full(3, 20)
    found = with_interval("x", values, error, topics, largest=1.0)
    assert found["x_ci_high"][0] == 1.0
    assert -1.0 < found["x_ci_low"][0] < 0.95
    assert found["x_ci_low"][1] == -1.0
    assert found[["x_ci_low", "x_ci_high"]].iloc[2].isna().all()
    assert with_interval("x", values, error, topics)["x_ci_high"][0] > 1.0


def test_a_cell_without_a_reliability_above_zero_says_so() -> None:
    table = pd.DataFrame(
        {
            "alignment_language": [0.4, 0.4, np.nan, 0.4],
            "alignment_language_disattenuated": [0.5, np.nan, np.nan, np.nan],
            "self_consistency": [0.5, 0.5, np.nan, 0.5],
            "self_consistency_ci_low": [0.4, 0.0, np.nan, np.nan],
            "topics": [30, 30, 30, 3],
            "note": [None, "a caveat", "no responses", "few topics"],
        }
    )
    said = _with_notes(table, np.zeros(4, np.bool_))
    assert said[0] is None
    assert said[1] is not None
    assert said[1].startswith("a caveat; no figures corrected for noise: a reliability is not")
    assert said[2:] == ["no responses", "few topics"]


def test_a_cell_whose_topics_are_too_few_for_an_interval_of_self_consistency_says_so() -> None:
    table = pd.DataFrame(
        {
            "alignment_language": [0.4, 0.4, 0.4],
            "alignment_language_disattenuated": [0.5, 0.5, 0.5],
            "self_consistency": [0.5, 0.5, 0.5],
            "self_consistency_ci_low": [0.4, np.nan, 0.4],
            "topics": [30, 12, 20],
            "note": [None, None, None],
        }
    )
    few = "fewer than 16 topics with two responses: no interval of self-consistency"
    said = _with_notes(table, np.array([False, True, True]))
    assert said[:2] == [None, few]
    assert said[2] is not None
    assert said[2].startswith("fewer than 24 topics with two responses: the interval of self-")


@pytest.mark.slow
@pytest.mark.parametrize(("topics", "marked"), [(23, True), (24, False)])
def test_cells_of_fewer_topics_than_skewed_answers_need_are_marked(
    topics: int, marked: bool, tmp_path: Path
) -> None:
    known = [topic.id for topic in small_settings(tmp_path, "topics.only=null").topics]
    settings = small_settings(
        tmp_path, f"topics.only=[{','.join(known[:topics])}]", "language=[da]",
        "design.prompts_per_language=96", "inference.permutations=0",
    )  # fmt: skip
    answer(settings)
    measure(RunContext(settings))
    regress(RunContext(settings))
    found = pd.read_csv(settings.run.folder / "cells.csv")
    rows = found[found["self_consistency_ci_low"].notna()]
    assert len(rows)
    assert (
        rows["note"].fillna("").str.contains(SELF_CONSISTENCY.remark, regex=False) == marked
    ).all()
