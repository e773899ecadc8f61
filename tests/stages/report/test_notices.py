"""Notices of a report on API models: what was left out, and models without a usable response."""

from __future__ import annotations

import pytest

from culture_ray.engines.interface import Response
from culture_ray.plan.engines import base_models, engine_names
from culture_ray.plan.requests import request_plan
from culture_ray.plan.stage_units import elicit_units, judge_units
from culture_ray.settings.run import Settings
from culture_ray.stages.judge.task import JudgeTask
from culture_ray.stages.report.notices import notices
from culture_ray.stages.report.quality import quality
from culture_ray.store.provenance import API_NOTICES, amend
from culture_ray.store.shards import commit
from tests.answered import answer


def test_a_model_of_which_every_request_failed_is_named_with_the_reason(small: Settings) -> None:
    model = next(iter(small.models))
    answer(small, lambda row: "failed" if row["model"] == model else "fine")
    said = " ".join(notices(small, request_plan(small), {}))
    assert f"No usable response: elicit {model}: 48 of 48 failed: 48 the engine said no." in said


@pytest.mark.slow
def test_a_parameter_that_was_left_out_is_repeated_in_the_report(small: Settings) -> None:
    answer(small)
    amend(small.run, {API_NOTICES: ["gpt: temperature is left out"]})
    assert "gpt: temperature is left out" in notices(small, request_plan(small), {})


@pytest.mark.slow
def test_stances_that_repaired_answers_lack_are_counted_by_judge(small: Settings) -> None:
    answer(small, judge=False)
    judge = next(iter(small.judges))
    units = list(elicit_units(small, request_plan(small)))
    task = JudgeTask(
        judge, small.judges[judge], small.languages, base_models(small.models), small.phrases
    )
    names = engine_names(small.models, small.judges)
    for unit in judge_units(small.run, judge, small.judges[judge], names[judge], units):
        loaded = task.load(unit)
        cut = [
            Response(one.request_id, '{"language":"en","stances":["pro","con","ne', "length", 9, 9)
            if one
            else None
            for one in loaded.requests
        ]
        commit(unit.path, task.table(loaded, cut, "made-up", 1))
    said = " ".join(notices(small, request_plan(small), {}))
    assert f"answers of judge {judge} had to be repaired, which cost " in said
    lost = quality(small, request_plan(small)).to_pylist()
    assert all(row["lost_stances"] == 8 * row["repaired"] > 0 for row in lost)
