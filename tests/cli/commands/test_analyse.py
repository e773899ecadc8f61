"""Analysing what was imported: unusual studies give sentences, nulls with a reason, never NaN."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.cli.commands.imported import bring, responses
from tests.conftest import ROOT, Said
from tests.small import TOPICS

CultureRay = Callable[..., Said]
FEW_ROUNDS = "inference.rounds=40"


def analysed(culture_ray: CultureRay, table: pd.DataFrame, *words: str) -> Path:
    assert bring(culture_ray, table).code == 0
    said = culture_ray("analyse", "run=theirs", FEW_ROUNDS, *words)
    assert said.code == 0, said.err
    return Path("results/theirs")


def about(folder: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "regression" / f"{name}.json").read_text())
    return found


def known_models(table: pd.DataFrame) -> pd.DataFrame:
    """The same responses under names of models with published capability."""
    names = {"small": "gemma-2-2b-it", "large": "gemma-2-9b-it"}
    return table.assign(model=table["model"].replace(names), family="gemma")


@pytest.mark.slow
def test_a_run_that_is_not_there_is_refused(culture_ray: CultureRay) -> None:
    assert "no run 'theirs'" in culture_ray("analyse", "run=theirs").complaint


@pytest.mark.slow
def test_models_without_capability_leave_us_bias_and_a_sentence(culture_ray: CultureRay) -> None:
    folder = analysed(culture_ray, responses())
    missing = about(folder, "multilingual")["missing"]
    assert "needs capability figures for at least two models of a family" in missing
    assert "none of this run's models" in missing
    assert not (folder / "regression" / "multilingual.csv").exists()
    assert pd.read_csv(folder / "regression" / "us_bias.csv")["estimate"].notna().all()


@pytest.mark.slow
def test_one_model_of_a_family_is_too_few(culture_ray: CultureRay) -> None:
    table = known_models(responses(("large",)))
    assert (
        "has them for gemma-2-9b-it"
        in about(analysed(culture_ray, table), "multilingual")["missing"]
    )


@pytest.mark.slow
def test_a_model_without_capability_is_left_out_by_name(culture_ray: CultureRay) -> None:
    more = responses(("small", "large")).assign(family="gemma")
    table = pd.concat([known_models(responses(count=12)), more[more["model"] == "small"]])
    folder = analysed(culture_ray, table, "inference.design=within_pooled")
    notes = " ".join(
        [*about(folder, "multilingual")["notes"], about(folder, "multilingual")["missing"]]
    )
    assert "left out small in da, small in en: conf/capability has no benchmark" in notes


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["valid", "paper"])
def test_constant_answers_are_a_null_with_a_reason(culture_ray: CultureRay, mode: str) -> None:
    table = responses()
    same = (table["model"] == "small") & (table["language"] == "da")
    table.loc[same, "value_polarity"] = 0.5
    folder = analysed(culture_ray, known_models(table), f"inference={mode}")
    cells = pd.read_csv(folder / "cells.csv").set_index(["model", "language"])
    odd = cells.loc[("gemma-2-2b-it", "da")]
    assert odd[["alignment_language", "self_consistency", "alignment_us_std_error"]].isna().all()
    assert odd["note"] == "all responses have the same value polarity"
    for path in (folder / "regression").glob("*.csv"):
        if path.stem == "outcomes":
            continue
        null = pd.read_csv(path).set_index("term")["estimate"].isna()
        notes = " ".join(about(folder, path.stem)["notes"])
        assert all(f"left out {term}" in notes for term in null.index[null]), path
        assert not null.all()
    assert "left out gemma-2-2b-it in da" in " ".join(about(folder, "us_bias")["notes"])


@pytest.mark.slow
def test_a_cell_of_few_topics_is_kept_and_marked(culture_ray: CultureRay) -> None:
    table = responses()
    few = (table["model"] == "small") & (table["language"] == "da")
    table = table[~few | table["topic"].isin(TOPICS[:4])]
    folder = analysed(culture_ray, known_models(table))
    cells = pd.read_csv(folder / "cells.csv").set_index(["model", "language"])
    cell, other = cells.loc[("gemma-2-2b-it", "da")], cells.loc[("gemma-2-2b-it", "en")]
    assert cell["topics"] == 4
    assert cell["note"] == "fewer than 5 topics: no intervals"
    assert cell[["alignment_language", "us_minus_native"]].notna().all()
    ends = [f"alignment_language_{end}" for end in ("std_error", "ci_low", "ci_high")]
    assert cell[ends].isna().all()
    assert other[ends].notna().all() and "no intervals" not in str(other["note"])
    bias = pd.read_csv(folder / "regression/us_bias.csv").set_index("term")
    mine = bias.loc["us_minus_native:model[gemma-2-2b-it]:language[da]"]
    assert pd.notna(mine["estimate"])
    assert mine.drop("estimate").isna().all()
    assert "no interval, and left out of the means" in " ".join(about(folder, "us_bias")["notes"])
    regression = about(folder, "multilingual")
    notes = " ".join([*regression["notes"], regression["missing"]])
    assert "left out gemma-2-2b-it in da: fewer than 5 topics" in notes


@pytest.mark.slow
def test_a_language_without_ground_truth_does_not_block_the_others(
    culture_ray: CultureRay,
) -> None:
    table = responses()
    folder = analysed(culture_ray, table.assign(language=table["language"].replace("en", "fi")))
    cells = pd.read_csv(folder / "cells.csv").set_index(["model", "language"])
    assert cells.loc[("small", "da"), "alignment_language"] == pytest.approx(0, abs=1)
    assert pd.isna(cells.loc[("small", "fi"), "alignment_language"])
    assert "no ground truth for the speakers" in cells.loc[("small", "fi"), "note"]


@pytest.mark.slow
def test_populations_are_those_that_import_or_the_last_analysis_named(
    culture_ray: CultureRay,
) -> None:
    few = "populations.compare=[DK,US,'speakers:da','speakers:en']"
    assert bring(culture_ray, responses(), few).code == 0
    assert culture_ray("analyse", "run=theirs", FEW_ROUNDS).code == 0
    assert set(pd.read_feather("results/theirs/alignment.arrow")["population"]) == {
        "DK", "US", "speakers:da", "speakers:en"
    }  # fmt: skip
    more = "populations.compare=[DK,US,world,'speakers:da','speakers:en']"
    assert culture_ray("analyse", "run=theirs", FEW_ROUNDS, more).code == 0
    assert culture_ray("report", "run=theirs").code == 0
    assert "world" in set(pd.read_csv("results/theirs/ground_truth.csv")["population"])


@pytest.mark.slow
@pytest.mark.parametrize("word", ["seed=3", "language=[en]"])
def test_what_is_the_runs_own_is_refused_and_not_ignored(
    culture_ray: CultureRay, word: str
) -> None:
    assert bring(culture_ray, responses()).code == 0
    said = culture_ray("analyse", "run=theirs", FEW_ROUNDS, word)
    assert said.code == 2
    assert "decided when a run is made" in said.complaint


@pytest.mark.slow
def test_the_script_in_jobs_prints_what_the_command_prints(
    culture_ray: CultureRay, in_a_process: CultureRay, console_script: Path
) -> None:
    assert bring(culture_ray, responses()).code == 0
    script = in_a_process(sys.executable, ROOT / "jobs" / "analyse.py", "run=theirs", FEW_ROUNDS)
    command = in_a_process(console_script, "analyse", "run=theirs", FEW_ROUNDS)
    assert script.code == command.code == 0, script.err + command.err
    assert script.out == command.out
    assert "cells: results/theirs/cells.csv" in script.out
