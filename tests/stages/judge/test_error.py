"""The judge's error in the statistics: its source, and the corrections made with it."""

from __future__ import annotations

import html
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from culture_ray.engines.interface import Request
from culture_ray.errors import WrongValue
from culture_ray.labels.measured import measured_labels
from culture_ray.measures.reliability import leaning_judge_reliability
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.judge.check_files import write_check
from culture_ray.stages.judge.check_folders import fingerprint
from culture_ray.stages.judge.error import judge_errors
from culture_ray.stages.measure.measure import measure
from culture_ray.stages.regress.regress import regress
from culture_ray.stages.report.report import report
from culture_ray.store.provenance import recorded
from tests.answered import answer
from tests.in_process import in_process  # noqa: F401 - a fixture
from tests.small import small_settings
from tests.stages.judge.test_check import checked, checking

JUDGE = "gemma_3_270m"


def checked_in(results: Path, **skill: str) -> Path:
    """Check the embedded judge, with this skill, and store the result for runs in `results`."""
    one = checking(results, "language=[da,en]", **skill)
    return write_check(one, checked(one))["error"]


def consistency(settings: Settings) -> pd.DataFrame:
    table = measure(RunContext(settings))["consistency"].to_pandas()
    return table[table["judge"].notna()].set_index("language")


@pytest.mark.slow
def test_without_a_check_the_papers_constant_is_taken_and_said(small: Settings) -> None:
    answer(small)
    rows = consistency(small)
    assert rows["judge_reliability"].tolist() == [0.955, 0.955]
    assert rows["judge_error"].isna().all()
    expected = rows["self_consistency"] / 0.955
    assert rows["self_consistency_judge_free"].tolist() == pytest.approx(expected.tolist())
    said = recorded(small.run)["judge_error"]
    assert len(said) == 1 and "no judge-check has measured exactly this judge" in said[0]
    regress(RunContext(small))
    content = report(RunContext(small), {})
    assert said[0] in content.judge_notes
    page = (small.run.folder / "report.html").read_text("utf-8")
    assert said[0] in html.unescape(page)


@pytest.mark.slow
def test_a_check_of_exactly_this_judge_replaces_the_constant(
    tmp_path: Path,
    in_process: list[tuple[str, Request]],  # noqa: F811
) -> None:
    settings = small_settings(tmp_path)
    answer(settings)
    path = checked_in(tmp_path, PRO_AS_CON="0.15", CON_AS_PRO="0.05")
    measured = json.loads(path.read_text())["errors"]
    rows = consistency(settings)
    labels = measured_labels(settings)
    for language in ("da", "en"):
        mine = labels[labels["language"] == language]
        sides = (mine["pro"] + mine["con"]).to_numpy(float)
        entry = measured[language]
        expected = leaning_judge_reliability(
            mine["value_polarity"].to_numpy(float),
            np.maximum(sides, 1),
            entry["pro_as_con"],
            entry["con_as_pro"],
        )
        row = rows.loc[language]
        assert row["judge_reliability"] == pytest.approx(float(expected.value))
        assert row["judge_error"] == entry["flipped"]["estimate"]
        assert row["judge_reliability_ci_low"] < row["judge_reliability"]
        assert row["judge_reliability"] < row["judge_reliability_ci_high"]
        assert "measured on" in row["judge_error_source"]
    assert fingerprint(settings.judges[JUDGE]) in str(path)
    regress(RunContext(settings))
    cells = pd.read_csv(settings.run.folder / "cells.csv")
    cells = cells[cells["judge"].notna()].set_index("language")
    for language in ("da", "en"):
        row, by = cells.loc[language], rows.loc[language, "judge_reliability"]
        assert row["alignment_language_judge_free"] == pytest.approx(
            row["alignment_language"] / np.sqrt(by)
        )
        assert row["self_consistency_judge_free"] == pytest.approx(row["self_consistency"] / by)
        reach = row["alignment_language_std_error"] * stats.t.ppf(0.975, row["topics"] - 1)
        free = (
            row["alignment_language_judge_free_ci_high"]
            - row["alignment_language_judge_free_ci_low"]
        )
        assert free == pytest.approx(2 * reach / np.sqrt(by))


@pytest.mark.slow
def test_a_check_of_another_definition_of_the_judge_does_not_count(
    tmp_path: Path,
    in_process: list[tuple[str, Request]],  # noqa: F811
) -> None:
    checked_in(tmp_path, PRO_AS_CON="0.1")
    other = small_settings(tmp_path, f"judge.{JUDGE}.sampling.temperature=0.1")
    assert {
        e.constant
        for e in judge_errors(other.run, other.languages, other.judges, other.judging).values()
    } == {0.955}
    same = small_settings(tmp_path, f"judge.{JUDGE}.model.in_flight=7")
    assert {
        e.constant
        for e in judge_errors(same.run, same.languages, same.judges, same.judging).values()
    } == {None}


@pytest.mark.slow
def test_the_error_can_be_chosen(
    tmp_path: Path,
    in_process: list[tuple[str, Request]],  # noqa: F811
) -> None:
    wants = small_settings(tmp_path, "judging.judge_error=measured")
    with pytest.raises(WrongValue, match="culture-ray judge-check judge=gemma_3_270m"):
        judge_errors(wants.run, wants.languages, wants.judges, wants.judging)
    checked_in(tmp_path, PRO_AS_CON="0.1")
    assert (
        judge_errors(wants.run, wants.languages, wants.judges, wants.judging)[JUDGE, "da"].flipped
        > 0
    )
    paper = small_settings(tmp_path, "judging.judge_error=paper")
    assert (
        judge_errors(paper.run, paper.languages, paper.judges, paper.judging)[JUDGE, "da"].constant
        == 0.955
    )
    stated = small_settings(tmp_path, "judging.judge_error=0.1")
    assert (
        judge_errors(stated.run, stated.languages, stated.judges, stated.judging)[
            JUDGE, "da"
        ].pro_as_con
        == 0.1
    )
    with pytest.raises(WrongValue, match=r"judging\.judge_error=0\.7.*from 0 to 0\.5"):
        small_settings(tmp_path, "judging.judge_error=0.7")


@pytest.mark.slow
def test_a_judge_at_chance_leaves_nothing_to_correct(
    tmp_path: Path,
    in_process: list[tuple[str, Request]],  # noqa: F811
) -> None:
    settings = small_settings(tmp_path)
    answer(settings)
    checked_in(tmp_path, PRO_AS_CON="0.7", CON_AS_PRO="0.6")
    rows = consistency(settings)
    assert rows["judge_reliability"].isna().all()
    assert rows["self_consistency_judge_free"].isna().all()
    assert rows["self_consistency"].notna().all()
