"""Cells and regressions: a table if the rows allow a fit, otherwise the reason why not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pytest

from culture_ray.measures.resampling.item_draws import ItemAssumption
from culture_ray.regression import paper
from culture_ray.regression.designs import RegressionDesign
from culture_ray.regression.results import Regression, Term
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.measure.measure import measure
from culture_ray.stages.regress.regress import regress
from culture_ray.stages.regress.valid import _calibration_notes
from culture_ray.tables import CELLS, REGRESSION
from tests.answered import answer
from tests.small import small_settings

FIGURES = [
    "alignment_language", "alignment_us", "alignment_native_mean", "us_minus_native",
    "self_consistency",
]  # fmt: skip
THREE = "model=[gemma_2_2b,gemma_2_9b,gemma_2_27b]"


def regressed(settings: Settings) -> Path:
    measure(RunContext(settings))
    regress(RunContext(settings))
    return settings.run.folder


def about(folder: Path, name: str) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / "regression" / f"{name}.json").read_text())
    return found


@pytest.fixture(scope="module")
def one_model(own_mixed_run: Settings) -> Path:
    return regressed(own_mixed_run)


@pytest.fixture(scope="module")
def a_family(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Three Gemma models, for which there are capability figures, in four languages."""
    settings = small_settings(
        tmp_path_factory.mktemp("family"), THREE, "judge=[gemma_2_9b]", "language=[da,en,nl,pt]"
    )
    answer(settings)
    return settings


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


@pytest.mark.slow
def test_models_of_a_family_with_capability_have_a_multilingual_regression(
    a_family: Settings,
) -> None:
    folder = regressed(a_family)
    found = about(folder, "multilingual")
    assert found["missing"] == ""
    assert "capability_within" in str(found["formula"])
    table = pd.read_csv(folder / "regression" / "multilingual.csv").set_index("term")
    assert [table.index.name, *table.columns] == REGRESSION.names
    within = table.loc["capability_within:family[gemma]"]
    # Three models of one family leave one degree of freedom between models.
    assert np.isfinite(within["estimate"])
    assert within[["std_error", "ci_low", "ci_high", "p_value"]].isna().all()
    assert "fewer than 2 degrees of freedom" in str(found["notes"])
    assert 0 < within["p_permutation"] <= 1
    assert (folder / "regression" / "multilingual.tex").read_text().strip()
    cells = pd.read_csv(folder / "cells.csv")
    models = cells[cells["family"] == "gemma"]
    assert models["capability"].between(0, 1).all()
    assert cells[cells["family"] == "baseline"]["capability"].isna().all()


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
def test_every_definition_of_alignment_has_its_regressions(a_family: Settings) -> None:
    folder = regressed(a_family) / "regression"
    outcomes = pd.read_csv(folder / "outcomes.csv")
    assert list(outcomes["outcome"].unique()) == [
        "responses", "topics", "disattenuated", "closeness",
    ]  # fmt: skip
    assert set(outcomes["design"]) == set(a_family.inference.designs)
    for outcome in ("responses", "topics"):
        how = replace(a_family.inference, outcome=outcome, permutations=0)
        regress(RunContext(replace(a_family, inference=how)))
        own = outcomes[(outcomes["outcome"] == outcome) & (outcomes["design"] == "within")]
        table = pd.read_csv(folder / "multilingual.csv").set_index("term")
        for row in own.itertuples():
            assert row.estimate == pytest.approx(table.loc[row.term, "estimate"], nan_ok=True)
    assert "topic means" in str(about(a_family.run.folder, "multilingual")["caption"])


@pytest.mark.slow
def test_a_coefficient_of_consistency_is_marked_as_not_calibrated(a_family: Settings) -> None:
    folder, seen = regressed(a_family), []
    for design in ("", "_pooled", "_within_pooled", "_within_given_consistency"):
        name = f"multilingual{design}"
        table = pd.read_csv(folder / "regression" / f"{name}.csv").set_index("term")
        low = table["ci_low"].get("consistency", np.nan)
        marked = "consistency are not calibrated" in str(about(folder, name)["notes"])
        assert marked == np.isfinite(low), name
        seen.append(marked)
    assert set(seen) == {True, False}


def test_tests_of_capability_are_marked_as_conservative_where_topics_are_a_sample() -> None:
    within = Term("capability_within:family[gemma]", 0.2, 0.1, 9, 0, 0.4, 0.1)
    withheld = replace(within, std_error=np.nan)
    level = replace(within, term="language[da]")

    def said(*terms: Term, items: ItemAssumption = ItemAssumption.RANDOM_TOPICS) -> str:
        fitted = Regression("within", "", "valid", terms, (), None, ())
        return " ".join(_calibration_notes(fitted, items))

    assert "conservative" in said(level, within)
    assert "conservative" in said(replace(within, term="capability_between"))
    assert said(level, withheld) == said(within, items=ItemAssumption.FIXED_TOPICS) == ""


@pytest.mark.slow
def test_the_published_analysis_divides_self_consistency_by_the_judges_reliability(
    a_family: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[pd.DataFrame] = []
    fitted = paper.multilingual

    def watched(rounds: pd.DataFrame, design: RegressionDesign) -> Regression:
        seen.append(rounds)
        return fitted(rounds, design)

    monkeypatch.setattr(paper, "multilingual", watched)
    how = replace(a_family.inference, mode="paper", published_rounds=12)
    regressed(replace(a_family, inference=how))
    designs = len(seen)
    divisor = "culture_ray.stages.regress.paper.PUBLISHED_JUDGE_RELIABILITY"
    monkeypatch.setattr(divisor, 1.0)
    regress(RunContext(replace(a_family, inference=how)))
    assert len(seen) == 2 * designs
    assert np.allclose(seen[0]["consistency"], seen[designs]["consistency"] / 0.955)


@pytest.mark.slow
def test_the_published_analysis_runs_on_the_same_run(a_family: Settings) -> None:
    regressed(a_family)
    settings = small_settings(
        a_family.run.folder.parent, THREE, "judge=[gemma_2_9b]", "language=[da,en,nl,pt]",
        "inference=paper", "inference.published_rounds=12",
    )  # fmt: skip
    folder = regressed(settings) / "regression"
    for name in ("multilingual", "us_bias"):
        assert about(settings.run.folder, name)["mode"] == "paper"
        shown = (folder / f"{name}.csv").read_bytes()
        assert shown == (folder / "paper" / f"{name}.csv").read_bytes()
        assert shown != (folder / "valid" / f"{name}.csv").read_bytes()


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


@pytest.mark.slow
def test_a_second_judge_adds_cells_but_no_rows_to_a_regression(
    tmp_path: Path,
) -> None:
    both = small_settings(tmp_path, THREE, "judge=[gemma_2_9b,gemma_2_27b]", "language=[da,en]")
    alone = small_settings(tmp_path, THREE, "judge=[gemma_2_9b]", "language=[da,en]")
    answer(both)
    found: list[list[pd.DataFrame]] = []
    for settings in (alone, both):
        measure(RunContext(settings))
        tables = []
        for mode in ("valid", "paper"):
            how = replace(settings.inference, mode=mode, published_rounds=12)
            regress(RunContext(replace(settings, inference=how)))
            for name in ("us_bias", "multilingual"):
                tables.append(pd.read_csv(both.run.folder / "regression" / f"{name}.csv"))
        found.append(tables)
    for one, two in zip(*found, strict=True):
        pd.testing.assert_frame_equal(one, two)
    assert len(pd.read_csv(both.run.folder / "cells.csv")) == 3 * 2 * 2 + 3 * 2
    notes = str(about(both.run.folder, "us_bias")["notes"])
    assert "judged by gemma_2_9b; left out: " in notes
    assert "judged by gemma_2_27b" in notes
