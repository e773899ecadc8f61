"""Populations compared with each other, as a benchmark for the figures of models."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.csv as pacsv
import pytest
from scipy.stats import spearmanr

from culture_ray.run.ground_truth import ground_truth_of
from culture_ray.settings.run import Settings
from culture_ray.stages.report.population_ceiling import write_population_ceiling
from culture_ray.survey.ground_truth import GroundTruth


def test_correlations_are_spearmans_over_shared_topics(small: Settings) -> None:
    truth = ground_truth_of(small)
    rows = write_population_ceiling(small.run, truth).correlations.to_pylist()
    count = len(truth.populations)
    assert len(rows) == count * (count - 1) // 2
    for row in rows[:: max(1, len(rows) // 25)]:
        a, b = (truth.value_polarity[truth.row(row[name])] for name in ("population", "other"))
        both = ~np.isnan(a) & ~np.isnan(b)
        assert row["topics"] == both.sum()
        assert row["correlation"] == pytest.approx(spearmanr(a[both], b[both]).statistic)


def test_alignment_of_a_pair_is_that_of_responses_on_groups_of_ten_people(small: Settings) -> None:
    truth = ground_truth_of(small)
    rows = write_population_ceiling(small.run, truth).correlations.to_pylist()
    (row,) = (r for r in rows if (r["population"], r["other"]) == ("DK", "NG"))
    both = [truth.value_polarity[truth.row(name)] for name in ("DK", "NG")]
    shared = ~np.isnan(both).any(axis=0)
    rng = np.random.default_rng(2)
    drawn = [
        spearmanr(rng.binomial(10, one[shared], (4000, shared.sum())).ravel(),
                  np.tile(other[shared], 4000)).statistic
        for one, other in (both, both[::-1])
    ]  # fmt: skip
    assert row["alignment"] == pytest.approx(np.mean(drawn), abs=0.01)
    assert abs(row["alignment"] - row["correlation"]) > 0.02  # responses are noisier than means
    assert row["gap"] == pytest.approx(100 * np.abs(both[0] - both[1])[shared].mean())


def test_self_consistency_is_that_of_groups_of_ten_people(small: Settings) -> None:
    truth = ground_truth_of(small)
    rows = {
        r["population"]: r for r in write_population_ceiling(small.run, truth).people.to_pylist()
    }
    share = truth.value_polarity[truth.row("DK")]
    share = share[~np.isnan(share)]
    rng = np.random.default_rng(1)
    groups = rng.binomial(10, share, (4000, 2, share.size)) / 10
    drawn = spearmanr(groups[:, 0].ravel(), groups[:, 1].ravel()).statistic
    assert rows["DK"]["self_consistency"] == pytest.approx(drawn, abs=0.02)
    assert rows["DK"]["topics"] == share.size


def test_people_who_all_answer_alike_have_no_figure_but_a_reason(small: Settings) -> None:
    truth = ground_truth_of(small)
    flat = GroundTruth(
        truth.populations[:2], truth.topics, np.ones((2, len(truth.topics))),
        truth.std_error[:2], truth.n[:2], "made up",
    )  # fmt: skip
    found = write_population_ceiling(small.run, flat)
    (pair,) = found.correlations.to_pylist()
    assert pair["correlation"] is None and pair["alignment"] is None and pair["reason"]
    assert pair["gap"] == 0
    assert all(r["self_consistency"] is None and r["reason"] for r in found.people.to_pylist())


def test_both_tables_are_files_of_the_run(small: Settings) -> None:
    found = write_population_ceiling(small.run, ground_truth_of(small))
    folder: Path = small.run.folder
    people = pacsv.read_csv(folder / "people.csv").to_pylist()
    assert [r["self_consistency"] for r in people] == [
        r["self_consistency"] for r in found.people.to_pylist()
    ]
    assert pacsv.read_csv(folder / "people_correlations.csv").num_rows == (
        found.correlations.num_rows
    )
