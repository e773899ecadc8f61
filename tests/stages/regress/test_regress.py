"""Cells and regressions: a table if the rows allow a fit, otherwise the reason why not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pytest

from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.regress.regress import regress
from culture_ray.tables import CELLS, REGRESSION
from tests.answered import answer
from tests.small import small_settings
from tests.stages.regress.regressed import about, regressed

FIGURES = [
    "alignment_language", "alignment_us", "alignment_native_mean", "us_minus_native",
    "self_consistency",
]  # fmt: skip


@pytest.fixture(scope="module")
def one_model(own_mixed_run: Settings) -> Path:
    return regressed(own_mixed_run)


@pytest.mark.slow
def test_cells_have_a_row_per_model_and_language_and_every_column(one_model: Path) -> None:
    rows = pd.read_csv(one_model / "cells.csv")
    assert list(rows.columns) == CELLS.names
    assert len(rows) == 4 * 2
    assert rows[rows["family"] != "baseline"]["judge"].eq("gemma_3_270m").all()
    assert (rows["topics"] == 8).all()


def test_intervals_hold_their_figures_and_standard_errors_are_positive(one_model: Path) -> None:
    rows = pd.read_csv(one_model / "cells.csv")
    for name in FIGURES:
        known = rows[rows[name].notna()]
        assert len(known)
        assert (known[f"{name}_std_error"] > 0).all()
        if name == "self_consistency":
            continue  # eight topics are too few for its interval
        assert (known[f"{name}_ci_low"] < known[name]).all()
        assert (known[name] < known[f"{name}_ci_high"]).all()


def test_too_few_topics_for_an_interval_of_self_consistency_are_told(one_model: Path) -> None:
    rows = pd.read_csv(one_model / "cells.csv")
    for name in ("self_consistency", "self_consistency_judge_free"):
        assert rows[name].notna().any()
        assert rows[[f"{name}_ci_low", f"{name}_ci_high"]].isna().all().all()
    told = rows["note"].str.contains("fewer than 16 topics with two responses")
    assert told[rows["self_consistency"].notna()].all()


def test_us_minus_native_is_the_difference_of_its_parts(one_model: Path) -> None:
    rows = pd.read_csv(one_model / "cells.csv")
    difference = rows["alignment_us"] - rows["alignment_native_mean"]
    assert np.allclose(rows["us_minus_native"], difference)


def test_us_bias_has_an_estimate_and_an_interval_per_model_and_language(one_model: Path) -> None:
    table = pd.read_csv(one_model / "regression" / "us_bias.csv").set_index("term")
    assert [table.index.name, *table.columns] == REGRESSION.names
    assert (table["ci_low"] < table["estimate"]).all()
    assert (table["estimate"] < table["ci_high"]).all()
    assert (table["std_error"] > 0).all()
    assert table["p_value"].between(0, 1).all()
    cells = pd.read_csv(one_model / "cells.csv").set_index(["model", "language"])
    for code in ("da", "en"):
        row = table.loc[f"us_minus_native:model[gemma_3_270m]:language[{code}]"]
        cell = cells.loc["gemma_3_270m", code]
        assert row["estimate"] == pytest.approx(cell["us_minus_native"])
        assert row["df"] == cell["topics"] - 1
    assert not any("uniform_random" in term for term in table.index)


def test_one_model_has_a_sentence_instead_of_a_multilingual_regression(one_model: Path) -> None:
    found = about(one_model, "multilingual")
    assert "capability figures for at least two models of a family" in str(found["missing"])
    assert not (one_model / "regression" / "multilingual.csv").exists()


def test_picking_among_cells_has_wider_intervals_and_larger_p_values(one_model: Path) -> None:
    table = pd.read_csv(one_model / "simultaneous.csv")
    assert set(table["figure"]) == {"alignment_language", "us_minus_native"}
    assert set(table["model"]) == {"gemma_3_270m"}
    cells = pd.read_csv(one_model / "cells.csv").set_index(["model", "language"])
    for row in table.itertuples():
        cell = cells.loc[(row.model, row.language)]
        assert row.estimate == pytest.approx(cell[row.figure])
        assert row.ci_low == pytest.approx(cell[f"{row.figure}_ci_low"])
        assert row.simultaneous_ci_low <= row.ci_low
        assert row.simultaneous_ci_high >= row.ci_high
        wider = row.simultaneous_ci_high - row.simultaneous_ci_low
        assert wider > row.ci_high - row.ci_low or wider == 2
        assert row.p_holm >= row.p_value
        assert row.figures == 2


@pytest.mark.slow
def test_a_regression_that_is_no_longer_had_leaves_no_table_behind(tmp_path: Path) -> None:
    settings = small_settings(tmp_path)
    answer(settings)
    stale = settings.run.folder / "regression" / "multilingual.csv"
    stale.parent.mkdir()
    stale.write_text("term\nold\n")
    regressed(settings)
    assert not stale.exists()


@pytest.mark.slow
def test_a_comparison_without_the_us_has_no_us_bias_and_says_so(tmp_path: Path) -> None:
    settings = small_settings(tmp_path, "populations.compare=[DK,'speakers:da','speakers:en']")
    answer(settings)
    folder = regressed(settings)
    assert "US" in str(about(folder, "us_bias")["missing"])
    regress(RunContext(replace(settings, inference=replace(settings.inference, mode="paper"))))
    assert "populations.compare" in str(about(folder, "us_bias")["missing"])
    cells = pd.read_csv(folder / "cells.csv")
    assert cells["alignment_us"].isna().all()
    assert cells["alignment_language"].notna().any()


@pytest.mark.parametrize("mode", ["valid", "paper"])
def test_a_run_without_any_label_has_empty_cells_and_sentences(
    small: Settings, mode: Literal["valid", "paper"]
) -> None:
    folder = regressed(replace(small, inference=replace(small.inference, mode=mode)))
    assert pd.read_csv(folder / "cells.csv").columns.to_list() == CELLS.names
    for name in ("multilingual", "us_bias"):
        assert about(folder, name)["missing"]


@pytest.mark.slow
def test_a_run_in_which_every_answer_failed_has_cells_without_figures(small: Settings) -> None:
    answer(small, lambda _: "failed")
    cells = pd.read_csv(regressed(small) / "cells.csv")
    model = cells[cells["model"] == "gemma_3_270m"]
    assert (model["responses"] == 24).all()
    assert (model["used"] == 0).all()
    assert model[FIGURES].isna().all(axis=None)


def test_regressing_again_gives_the_same_figures(one_model: Path, own_mixed_run: Settings) -> None:
    before = (one_model / "cells.csv").read_bytes()
    regress(RunContext(own_mixed_run))
    assert (one_model / "cells.csv").read_bytes() == before
