"""The power of a plan is that of its models, languages, topics, responses and judge."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from culture_ray.plan.power import UNMEASURED_JUDGE_ERROR, planned_power
from culture_ray.settings.run import Settings
from culture_ray.simulation.power import FamilySpread, Power
from culture_ray.stages.context import RunContext
from culture_ray.stages.power import power_of_plan
from culture_ray.tables import CAPABILITY
from tests.small import small_settings

pytestmark = pytest.mark.slow

MODELS = "model=[gemma_2_2b,gemma_2_9b,gpt_4o]"
NO_SCORES = CAPABILITY.empty_table()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return small_settings(tmp_path, MODELS)


def power(
    settings: Settings, scores: pa.Table = NO_SCORES, errors: tuple[float, ...] = ()
) -> Power:
    context = RunContext(settings)
    found = planned_power(settings, context.requests, context.ground_truth, scores, errors)
    assert found is not None
    return found


def test_the_design_is_that_of_the_plan(settings: Settings) -> None:
    design = power(settings).design
    assert (design.languages, design.topics, design.responses) == (2, 8, 24)
    assert design.sizes == (2, 1)
    assert design.judge_error == UNMEASURED_JUDGE_ERROR


def test_the_models_own_capability_counts_where_it_is_known(settings: Settings) -> None:
    scores = pa.Table.from_pylist(
        [
            {"model": model, "language": language, "score": score}
            for model, score in (("gemma_2_2b", 0.2), ("gemma_2_9b", 0.8))
            for language in ("da", "en")
        ]
    )
    gemma, gpt = power(settings, scores).design.families
    assert gemma.between == pytest.approx(2 * 0.3**2)
    assert gpt == FamilySpread(1)
    assert power(settings).design.families[0] == FamilySpread(2)


def test_models_that_are_one_count_once(settings: Settings) -> None:
    inference = replace(settings.inference, same_model=(("gemma_2_2b", "gemma_2_9b"),))
    assert power(replace(settings, inference=inference)).design.sizes == (1, 1)


def test_the_error_of_the_judge_is_the_one_that_was_measured(settings: Settings) -> None:
    assert power(settings, errors=(0.1, 0.2)).design.judge_error == pytest.approx(0.15)


def test_answers_to_options_are_not_simulated(tmp_path: Path) -> None:
    settings = small_settings(tmp_path, "protocol=[direct_item]")
    assert power_of_plan(RunContext(settings)) is None


def test_languages_without_figures_of_their_speakers_have_no_power(tmp_path: Path) -> None:
    words = "language=[sv]", "allow_missing_ground_truth=true"
    assert power_of_plan(RunContext(small_settings(tmp_path, *words))) is None
