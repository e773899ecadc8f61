"""A plan of labels for an analysed run: narrower with more labels, down to the error of topics."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from culture_ray.errors import NoSuchRun
from culture_ray.measures.resampling.spread import t_half_width
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.judge.human_check import run_against_humans
from culture_ray.stages.measure.measure import measure
from culture_ray.stages.regress.regress import regress
from culture_ray.tools.label_plan import label_plan
from tests.answered import answer
from tests.small import small_settings
from tests.stages.regress.test_label_corrected import labelled_by

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return analysed(tmp_path_factory.mktemp("planned") / "results")


def analysed(results: Path) -> Settings:
    settings = small_settings(results, "judge=[gemma_3_270m,gemma_2_9b]", "model=[gemma_2_2b]")
    answer(settings)
    measure(RunContext(settings))
    regress(RunContext(settings))
    return settings


def test_more_labels_are_narrower_down_to_the_judged_interval(run: Settings) -> None:
    plan = label_plan(RunContext(run))
    assert "the judge's error" in plan.source
    widths = [plan.design.half_widths(number) for number in (8, 16, 32, 48)]
    for scope in ("one cell", "one model", "one language", "all cells"):
        assert sorted((w[scope] for w in widths), reverse=True) == [w[scope] for w in widths]
    table = pd.read_csv(run.run.folder / "regression" / "us_bias.csv").set_index("term")
    expected = t_half_width(table.loc["us_minus_native", "std_error"], 8)
    assert widths[-1]["all cells"] == pytest.approx(expected)
    assert set(plan.by_language) == {"da", "en"}


@pytest.mark.slow
def test_labels_that_people_made_replace_the_judges_error(tmp_path: Path) -> None:
    run = analysed(tmp_path / "results")
    path = labelled_by(run, 24, 9, {"anna": "gemma_2_9b"})
    run_against_humans(run.run, [], path, "the command")
    measure(RunContext(run))
    regress(RunContext(run))
    assert label_plan(RunContext(run)).source == "the labels that people made so far"


def test_a_run_that_was_not_analysed_has_no_plan(tmp_path: Path) -> None:
    settings = small_settings(tmp_path)
    answer(settings)
    with pytest.raises(NoSuchRun, match="culture-ray analyse run=small"):
        label_plan(RunContext(settings))
