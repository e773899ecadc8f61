"""Every model gets the same requests, in units that are identified by their content."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from culture_ray.plan.requests import request_plan, request_table
from culture_ray.plan.stage_units import elicit_units, judge_units
from culture_ray.settings.run import Settings
from tests.answered import answer
from tests.small import small_settings

PROMPT = ["template", "topic", "wording", "sample"]
TWO = "model=[gemma_2_2b,gemma_2_9b]"


def prompts(settings: Settings, model: str, language: str) -> list[dict[str, object]]:
    return request_table(request_plan(settings), model, language).select(PROMPT).to_pylist()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["balanced", "independent", "full_factorial"])
def test_every_model_is_asked_the_same_prompts_under_ids_of_its_own(
    tmp_path: Path, kind: str
) -> None:
    words = [TWO, f"design.kind={kind}"]
    words += ["topics.only=[f118]"] if kind == "full_factorial" else []
    settings = small_settings(tmp_path, *words)
    assert prompts(settings, "gemma_2_2b", "da") == prompts(settings, "gemma_2_9b", "da")
    plan = request_plan(settings)
    ids = [
        key
        for model in settings.models
        for language in settings.languages
        for key in request_table(plan, model, language)["request_id"].to_pylist()
    ]
    assert len(set(ids)) == len(ids) == 2 * plan.per_model()


def test_a_balanced_design_is_parallel_over_languages_and_an_independent_one_is_not(
    tmp_path: Path,
) -> None:
    balanced = small_settings(tmp_path)
    assert prompts(balanced, "gemma_3_270m", "da") == prompts(balanced, "gemma_3_270m", "en")
    independent = small_settings(tmp_path, "design.kind=independent")
    assert prompts(independent, "gemma_3_270m", "da") != prompts(independent, "gemma_3_270m", "en")


@pytest.mark.slow
def test_the_seed_decides_which_prompts_are_asked(tmp_path: Path) -> None:
    few = "design.prompts_per_language=8"
    one, again = (small_settings(tmp_path / n, few) for n in "ab")
    other = small_settings(tmp_path, few, "seed=2")
    assert prompts(one, "gemma_3_270m", "da") == prompts(again, "gemma_3_270m", "da")
    assert prompts(one, "gemma_3_270m", "da") != prompts(other, "gemma_3_270m", "da")


@pytest.mark.slow
def test_units_hold_every_request_once_and_have_paths_of_their_own(tmp_path: Path) -> None:
    settings = small_settings(tmp_path, TWO, "cluster.unit_size=7")
    plan = request_plan(settings)
    units = list(elicit_units(settings, plan))
    assert len({unit.path for unit in units}) == len(units)
    assert all(unit.size == unit.rows.num_rows <= 7 for unit in units if unit.rows)
    for model in settings.models:
        for language in settings.languages:
            mine = [u.rows for u in units if u.rows and (u.model, u.language) == (model, language)]
            assert pa.concat_tables(mine) == request_table(plan, model, language)


def test_planning_again_gives_the_same_units(tmp_path: Path) -> None:
    def planned() -> list[Path]:
        settings = small_settings(tmp_path)
        return [unit.path for unit in elicit_units(settings, request_plan(settings))]

    assert planned() == planned()


def test_only_responses_that_stand_in_the_store_are_judged(small: Settings) -> None:
    answer(small, judge=False)
    units = list(elicit_units(small, request_plan(small)))
    units[1].path.unlink()
    judged = judge_units(
        small.run, "gemma_3_270m", small.judges["gemma_3_270m"], "gemma_3_270m", units
    )
    assert [unit.source for unit in judged] == [units[0].path, *(u.path for u in units[2:])]
    assert all(unit.path.stem == unit.source.stem for unit in judged if unit.source)
