"""Notices of a report on API models: what was left out, and models without a usable response."""

from __future__ import annotations

from culture_ray.plan.requests import request_plan
from culture_ray.settings.run import Settings
from culture_ray.stages.report.notices import notices
from culture_ray.store.provenance import API_NOTICES, amend
from tests.answered import answer


def test_a_model_of_which_every_request_failed_is_named_with_the_reason(small: Settings) -> None:
    model = next(iter(small.models))
    answer(small, lambda row: "failed" if row["model"] == model else "fine")
    said = " ".join(notices(small, request_plan(small), {}))
    assert f"No usable response: elicit {model}: 48 of 48 failed: 48 the engine said no." in said


def test_a_parameter_that_was_left_out_is_repeated_in_the_report(small: Settings) -> None:
    answer(small)
    amend(small.run, {API_NOTICES: ["gpt: temperature is left out"]})
    assert "gpt: temperature is left out" in notices(small, request_plan(small), {})
