"""Figures corrected by reference labels of a run: by people, and by a further judge."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from culture_ray.labels.read import labels
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.judge.human_check import _read_labels, run_against_humans
from culture_ray.stages.measure.measure import measure
from culture_ray.stages.regress.regress import regress
from culture_ray.store import catalogue
from culture_ray.tables import LABEL_CORRECTED
from culture_ray.tools.label_sheet import label_sheet
from tests.answered import answer
from tests.small import small_settings

JUDGES = "judge=[gemma_3_270m,gemma_2_9b]"
FIGURES = ["alignment_language", "alignment_us", "alignment_native_mean", "us_minus_native"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    results = tmp_path_factory.mktemp("corrected") / "results"
    settings = small_settings(results, JUDGES, "model=[gemma_2_2b]")
    answer(settings)
    return settings


def labelled_by(run: Settings, n: int, seed: int, annotators: dict[str, str]) -> Path:
    """Return a sheet on which each annotator says what a judge said; "-" leaves out an opinion."""
    readings, _, _ = _read_labels(run.run, list(run.judges))
    sheet = label_sheet(run, n, seed)
    rows = list(csv.DictReader(sheet.csv.open(encoding="utf-8")))
    path = run.run.folder / f"labelled-{n}-{seed}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        for annotator, judge in annotators.items():
            for row in rows:
                number = int(row["opinion"])
                stance = readings[judge.strip("-")][row["response_id"]][number - 1]
                left = judge.endswith("-") and number == 1
                writer.writerow(row | {"stance": "" if left else stance, "annotator": annotator})
    return path


def analysed(run: Settings) -> pd.DataFrame:
    measure(RunContext(run))
    regress(RunContext(run))
    found = catalogue.read(run.run, "label_corrected")
    assert found is not None
    return found.to_pandas()


def of_judge(run: Settings, judge: str) -> pd.DataFrame:
    cells = pd.read_csv(run.run.folder / "cells.csv")
    return cells[cells["judge"] == judge].set_index(["model", "language"])[FIGURES]


def single(table: pd.DataFrame, column: str, judge: str) -> pd.DataFrame:
    own = table[(table["judge"] == judge) & table["model"].notna() & table["language"].notna()]
    return own.pivot(index=["model", "language"], columns="figure", values=column)[FIGURES]


@pytest.mark.slow
def test_people_who_label_everything_replace_the_judge(run: Settings) -> None:
    path = labelled_by(run, 999, 1, {"anna": "gemma_2_9b"})
    run_against_humans(run.run, [], path, "the command")
    table = analysed(run)
    assert list(table.columns) == LABEL_CORRECTED.names
    assert set(table["reference"]) == {"people"} and set(table["judge"]) == set(run.judges)
    corrected = single(table, "corrected", "gemma_3_270m")
    pd.testing.assert_frame_equal(
        corrected, of_judge(run, "gemma_2_9b").loc[corrected.index], check_names=False
    )
    judged = single(table, "judged", "gemma_3_270m")
    pd.testing.assert_frame_equal(
        judged, of_judge(run, "gemma_3_270m").loc[judged.index], check_names=False
    )
    assert np.allclose(table["moves"], table["corrected"] - table["judged"])
    assert (table["label_std_error"] == 0).all()
    over_all = table[table["model"].isna() & table["language"].isna()]
    assert over_all["cells"].tolist() == [2] * 4 and over_all["labels"].tolist() == [48] * 4
    assert over_all["corrected"].tolist() == pytest.approx(corrected.mean().tolist())


@pytest.mark.slow
def test_a_sample_has_wider_intervals_than_the_judge_alone(run: Settings) -> None:
    path = labelled_by(run, 24, 3, {"anna": "gemma_2_9b", "ben": "gemma_2_9b"})
    run_against_humans(run.run, [], path, "the command")
    table = analysed(run)
    own = table[(table["judge"] == "gemma_3_270m") & (table["figure"] == "alignment_language")]
    assert own["labels"].tolist() == [12, 12, 24, 12, 12, 24]
    assert (own["topics"] == 8).all()
    assert (own["std_error"] > 0).all() and (own["label_std_error"] > 0).all()
    assert (own["ci_low"] < own["corrected"]).all() and (own["corrected"] < own["ci_high"]).all()
    assert own["power"].between(0, 1).all()


@pytest.mark.slow
def test_responses_labelled_in_part_and_too_few_topics_have_no_correction(run: Settings) -> None:
    path = labelled_by(run, 6, 5, {"anna": "gemma_2_9b"})
    run_against_humans(run.run, [], path, "the command")
    few = analysed(run)
    assert few["corrected"].isna().all() and few["ci_low"].isna().all()
    assert few["reason"].str.contains("fewer than 5 topics").all()
    assert few["judged"].notna().all()
    in_part = labelled_by(run, 16, 6, {"anna": "gemma_2_9b-"})
    run_against_humans(run.run, [], in_part, "the command")
    measure(RunContext(run))
    regress(RunContext(run))
    assert catalogue.read(run.run, "label_corrected") is None


@pytest.mark.slow
def test_a_further_judge_corrects_the_first(tmp_path: Path) -> None:
    words = (JUDGES, "model=[gemma_2_2b]", "judging.reference=gemma_2_9b")
    settings = small_settings(tmp_path / "results", *words)
    answer(settings)
    table = analysed(settings)
    assert set(table["reference"]) == {"gemma_2_9b"} and set(table["judge"]) == {"gemma_3_270m"}
    corrected = single(table, "corrected", "gemma_3_270m")
    pd.testing.assert_frame_equal(
        corrected, of_judge(settings, "gemma_2_9b").loc[corrected.index], check_names=False
    )


@pytest.mark.slow
def test_a_reference_that_labels_a_share_corrects_by_its_sample(tmp_path: Path) -> None:
    words = (
        JUDGES, "model=[gemma_2_2b]", "judging.reference=gemma_2_9b", "+judge.gemma_2_9b.share=0.5",
        "design.prompts_per_language=48",
    )  # fmt: skip
    settings = small_settings(tmp_path / "results", *words)
    answer(settings)
    table = analysed(settings)
    own = table[(table["figure"] == "alignment_language") & table["model"].notna()]
    own = own[own["language"].notna()]
    # Half of 48, four standard deviations of a binomial either way.
    assert own["labels"].between(10, 38).all() and (own["label_std_error"] > 0).all()
    status = labels(settings.run, settings.models, settings.languages).to_pandas()
    counts = status.groupby("judge")["status"].value_counts()
    assert counts["gemma_3_270m", "labelled"] == 96
    drawn = counts["gemma_2_9b", "labelled"]
    assert drawn == own["labels"].sum() and counts["gemma_2_9b", "not_drawn"] == 96 - drawn
