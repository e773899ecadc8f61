"""Multilingual regressions of a family's models, in both modes of inference."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from culture_ray.calibration import (
    BETWEEN,
    LANGUAGE_LEVELS,
    MEAN_US_BIAS,
    PERMUTATION,
    PUBLISHED,
    UNCALIBRATED,
    US_BIAS_OF_CELLS,
    WITHIN,
)
from culture_ray.measures.resampling.item_draws import ItemAssumption
from culture_ray.regression import paper
from culture_ray.regression.designs import RegressionDesign
from culture_ray.regression.results import Regression, Term
from culture_ray.report.table_files import escape
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.measure.measure import measure
from culture_ray.stages.regress.regress import regress
from culture_ray.stages.regress.valid import _calibration_notes
from culture_ray.tables import REGRESSION
from tests.answered import answer
from tests.small import moved, small_settings
from tests.stages.regress.regressed import about, regressed

THREE = "model=[gemma_2_2b,gemma_2_9b,gemma_2_27b]"


@pytest.fixture(scope="module")
def a_family(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Three Gemma models, for which there are capability figures, in four languages."""
    settings = small_settings(
        tmp_path_factory.mktemp("family"), THREE, "judge=[gemma_2_9b]", "language=[da,en,nl,pt]"
    )
    answer(settings)
    regressed(settings)
    return settings


@pytest.fixture
def own_family(a_family: Settings, tmp_path: Path) -> Settings:
    """A copy of their run that a test may regress again."""
    return moved(a_family, tmp_path)


@pytest.mark.slow
def test_models_of_a_family_with_capability_have_a_multilingual_regression(
    a_family: Settings,
) -> None:
    folder = a_family.run.folder
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


@pytest.mark.slow
def test_every_definition_of_alignment_has_its_regressions(own_family: Settings) -> None:
    folder = own_family.run.folder / "regression"
    outcomes = pd.read_csv(folder / "outcomes.csv")
    assert list(outcomes["outcome"].unique()) == [
        "responses", "topics", "disattenuated", "closeness",
    ]  # fmt: skip
    assert set(outcomes["design"]) == set(own_family.inference.designs)
    for outcome in ("responses", "topics"):
        how = replace(own_family.inference, outcome=outcome, permutations=0)
        regress(RunContext(replace(own_family, inference=how)))
        own = outcomes[(outcomes["outcome"] == outcome) & (outcomes["design"] == "within")]
        table = pd.read_csv(folder / "multilingual.csv").set_index("term")
        for row in own.itertuples():
            assert row.estimate == pytest.approx(table.loc[row.term, "estimate"], nan_ok=True)
    assert "topic means" in str(about(own_family.run.folder, "multilingual")["caption"])


@pytest.mark.slow
def test_a_coefficient_of_consistency_is_marked_as_not_calibrated(a_family: Settings) -> None:
    folder, seen = regressed(a_family), []
    for design in ("", "_pooled", "_within_pooled", "_within_given_consistency"):
        name = f"multilingual{design}"
        table = pd.read_csv(folder / "regression" / f"{name}.csv").set_index("term")
        low = table["ci_low"].get("consistency", np.nan)
        marked = UNCALIBRATED in about(folder, name)["notes"]
        assert marked == np.isfinite(low), name
        seen.append(marked)
    assert set(seen) == {True, False}


def test_tests_of_capability_and_levels_of_languages_are_marked_where_topics_are_a_sample() -> None:
    within = Term("capability_within:family[gemma]", 0.2, 0.1, 9, 0, 0.4, 0.1)
    withheld = replace(within, std_error=np.nan)
    level, between = (replace(within, term=x) for x in ("language[da]", "capability_between"))

    def said(*terms: Term, items: ItemAssumption = ItemAssumption.RANDOM_TOPICS) -> tuple[str, ...]:
        fitted = Regression("within", "", "valid", terms, (), None, ())
        return _calibration_notes(fitted, items)

    assert said(level, within) == (WITHIN.sentence, LANGUAGE_LEVELS.sentence)
    assert said(between) == (BETWEEN.sentence,)
    assert said(withheld) == ()
    for items in set(ItemAssumption) - {ItemAssumption.RANDOM_TOPICS}:
        assert said(level, within, between, items=items) == (), items
    permuted = replace(within, p_permutation=0.2)
    assert said(permuted, items=ItemAssumption.FIXED_TOPICS) == (PERMUTATION.sentence,)
    assert said(replace(withheld, p_permutation=0.2)) == (PERMUTATION.sentence,)


@pytest.mark.slow
def test_the_published_analysis_divides_self_consistency_by_the_judges_reliability(
    own_family: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[pd.DataFrame] = []
    fitted = paper.multilingual

    def watched(rounds: pd.DataFrame, design: RegressionDesign) -> Regression:
        seen.append(rounds)
        return fitted(rounds, design)

    monkeypatch.setattr(paper, "multilingual", watched)
    how = replace(own_family.inference, mode="paper", published_rounds=12)
    regress(RunContext(replace(own_family, inference=how)))
    designs = len(seen)
    divisor = "culture_ray.stages.regress.paper.PUBLISHED_JUDGE_RELIABILITY"
    monkeypatch.setattr(divisor, 1.0)
    regress(RunContext(replace(own_family, inference=how)))
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
        assert PUBLISHED in (folder / f"{name}.md").read_text()
        assert escape(PUBLISHED) in (folder / f"{name}.tex").read_text()
        assert PUBLISHED not in (folder / "valid" / f"{name}.md").read_text()
        assert shown != (folder / "valid" / f"{name}.csv").read_bytes()


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


@pytest.mark.slow
def test_marks_are_in_every_file_of_a_regression_that_has_numbers(a_family: Settings) -> None:
    folder = regressed(a_family) / "regression"
    table = pd.read_csv(folder / "multilingual_within_pooled.csv").set_index("term")
    assert np.isfinite(table.loc["language[da]", "ci_low"])
    assert np.isfinite(table.loc["capability_within", "p_permutation"])
    us_bias = (US_BIAS_OF_CELLS.sentence, MEAN_US_BIAS.sentence)
    slopes = (LANGUAGE_LEVELS.sentence, PERMUTATION.sentence)
    for name, marks in (("multilingual_within_pooled", slopes), ("us_bias", us_bias)):
        for stem in (folder / name, folder / "valid" / name):
            for mark in marks:
                assert mark in stem.with_suffix(".json").read_text()
                assert mark in stem.with_suffix(".md").read_text()
                assert escape(mark) in stem.with_suffix(".tex").read_text()
