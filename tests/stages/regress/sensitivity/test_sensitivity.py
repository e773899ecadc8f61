"""Tables of what a reviewer asks: assumptions about items, influence, wordings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pytest

from culture_ray.calibration import MEAN_US_BIAS, US_BIAS_OF_CELLS
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.measure.measure import measure
from culture_ray.stages.regress.cells import cells as cells_of
from culture_ray.stages.regress.regress import regress
from culture_ray.store import catalogue
from tests.answered import answer
from tests.small import small_settings

THREE = "model=[gemma_2_2b,gemma_2_9b,gemma_2_27b]"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Three Gemma models in three languages, with their regressions."""
    settings = small_settings(
        tmp_path_factory.mktemp("family"), THREE, "judge=[gemma_2_9b]", "language=[da,en,nl]",
        "inference.permutations=0", "inference.design=within_pooled",
    )  # fmt: skip
    answer(settings)
    measure(RunContext(settings))
    regress(RunContext(settings))
    return settings


def table(settings: Settings, name: str) -> pd.DataFrame:
    return pd.read_csv(settings.run.folder / f"{name}.csv")


@pytest.mark.slow
def test_every_term_has_an_interval_under_each_assumption_about_items(study: Settings) -> None:
    items = table(study, "item_assumptions")
    assert list(items["items"].unique()) == [
        "random_topics", "random_batteries", "fixed_topics", "fixed_topics_surveyed",
    ]  # fmt: skip
    mean = items[items["term"] == "us_minus_native"].set_index("items")
    shown = table(study, "regression/us_bias").set_index("term").loc["us_minus_native"]
    assert mean["estimate"].to_numpy() == pytest.approx(np.full(4, shown["estimate"]))
    assert mean.loc["random_topics", "std_error"] == pytest.approx(shown["std_error"], rel=0.3)
    assert mean.loc["fixed_topics", "std_error"] < mean.loc["random_topics", "std_error"]
    assert mean.loc["fixed_topics_surveyed", "std_error"] > mean.loc["fixed_topics", "std_error"]
    # Two of the eight topics are of one battery, three of another.
    assert mean.loc["random_topics", "df"] == 7
    assert mean.loc["random_batteries", "df"] == 4
    assert set(items["regression"]) == {"us_bias", "multilingual"}


@pytest.mark.slow
def test_mean_us_bias_without_a_part_is_that_of_the_rest(study: Settings) -> None:
    influence = table(study, "influence")
    bias = influence[influence["regression"] == "us_bias"].set_index(["left_out", "name"])
    cells = table(study, "cells")
    cells = cells[cells["family"] == "gemma"]
    for kind in ("model", "language"):
        for name in cells[kind].unique():
            rest = cells[cells[kind] != name]["us_minus_native"].mean()
            assert bias.loc[(kind, name), "without"] == pytest.approx(rest)
    assert len(bias.loc["topic"]) == 8
    without = float(bias.loc[("topic", "f118"), "without"])
    # The same run, measured over the other seven topics.
    context = RunContext(study)
    others = [topic for topic in context.ground_truth.topics if topic != "f118"]
    truth = context.ground_truth.for_topics(others)
    distributions = catalogue.read(study.run, "distributions")
    assert distributions is not None
    kept = distributions.filter(pc.field("topic") != "f118")
    measured = cells_of(study, kept, truth, context.capability_scores).rows
    rest = measured[measured["family"] == "gemma"]["us_minus_native"].mean()
    assert without == pytest.approx(rest)


@pytest.mark.slow
def test_slopes_without_a_model_or_a_language_are_fitted_again(study: Settings) -> None:
    influence = table(study, "influence")
    slopes = influence[influence["term"] == "capability_within"]
    assert sorted(slopes["left_out"].unique()) == ["language", "model", "topic"]
    shown = table(study, "regression/multilingual").set_index("term").loc["capability_within"]
    assert slopes["estimate"].to_numpy() == pytest.approx(
        np.full(len(slopes), shown["estimate"]), abs=1e-5
    )
    known = slopes.dropna(subset=["without"])
    assert known["change"].to_numpy() == pytest.approx(known["without"] - known["estimate"])


@pytest.mark.slow
def test_topics_have_a_residual_in_every_language(study: Settings) -> None:
    found = table(study, "item_functioning")
    assert len(found) == 8 * 3
    assert found.groupby("topic")["residual"].sum().to_numpy() == pytest.approx(np.zeros(8))
    assert (found["suspect"] == (found["p_holm"] < 0.05)).all()
    assert found["p_holm"].is_monotonic_increasing
    assert (found["models"] == 3).all()


@pytest.mark.slow
def test_fixed_topics_make_the_intervals_those_of_responses(
    study: Settings, tmp_path: Path
) -> None:
    fixed = small_settings(
        tmp_path, THREE, "judge=[gemma_2_9b]", "language=[da,en,nl]", "inference.topics=fixed",
        "inference.permutations=0",
    )  # fmt: skip
    answer(fixed)
    measure(RunContext(fixed))
    regress(RunContext(fixed))
    cells, before = (table(s, "cells").set_index(["model", "language"]) for s in (fixed, study))
    models = cells["family"] == "gemma"
    assert cells["alignment_language"].to_numpy() == pytest.approx(before["alignment_language"])
    narrower = cells["alignment_language_std_error"] < before["alignment_language_std_error"]
    assert narrower[models].mean() > 0.8
    rows = table(fixed, "regression/us_bias").set_index("term")
    spare = cells["responses_with_ground_truth"] - cells["topics"]
    one = ("gemma_2_2b", "da")
    assert rows.loc["us_minus_native:model[gemma_2_2b]:language[da]", "df"] == spare[one]
    caption = (fixed.run.folder / "regression" / "us_bias.json").read_text()
    assert "they hold for these topics only" in caption
    assert "conservative" not in caption
    of_topics = (study.run.folder / "regression" / "us_bias.json").read_text()
    assert US_BIAS_OF_CELLS.sentence in of_topics
    assert MEAN_US_BIAS.sentence in of_topics
