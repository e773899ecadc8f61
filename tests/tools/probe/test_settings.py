"""Settings that follow from a probe, and their place in a model's file."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.model import Model
from culture_ray.spending.limits import Limits
from culture_ray.tools.probe.findings import findings_of
from culture_ray.tools.probe.outcome import ProbeOutcome
from culture_ray.tools.probe.settings import suggested, with_settings
from tests.tools.probe.test_findings import GOOD, NAMES, REFUSED

MODEL = Model("openai", "lab", "lab-1", api=ApiSettings(output_limit="max_tokens"))
LOGPROBS = replace(GOOD, probabilities=(0.5, 0.5))


def settings(model: Model = MODEL, **changed: ProbeOutcome) -> dict[object, object]:
    named = {name.replace("_", " ").replace("top p", "top_p"): o for name, o in changed.items()}
    outcomes = dict.fromkeys(NAMES, GOOD) | {"log probabilities": LOGPROBS} | named
    return dict(suggested(model, outcomes, findings_of(outcomes, 0.0), 0.0))


def test_what_works_changes_nothing() -> None:
    assert settings() == {}


@pytest.mark.parametrize("name", ["temperature", "top_p", "seed", "stop"])
def test_a_refused_parameter_is_removed_from_bodies(name: str) -> None:
    assert settings(**{name: REFUSED}) == {("api", "body", name): None}


def test_structured_output_is_removed_by_the_name_of_its_form() -> None:
    assert settings(structured_output=REFUSED) == {("api", "body", "response_format"): None}
    other = replace(MODEL, api=ApiSettings(form="responses"))
    assert settings(other, structured_output=REFUSED) == {("api", "body", "text"): None}


def test_a_refused_system_message_is_sent_with_the_users() -> None:
    assert settings(system_message=REFUSED) == {("api", "system_role"): False}


def test_of_two_that_exclude_each_other_one_is_left_out() -> None:
    assert settings(temperature_and_top_p=REFUSED) == {("api", "body", "top_p"): None}


def test_what_the_file_says_already_is_not_said_again() -> None:
    api = ApiSettings(output_limit="max_tokens", logprobs=False, body={"seed": None})
    quiet = replace(MODEL, api=api)
    assert settings(quiet, seed=REFUSED, log_probabilities=GOOD) == {}


def test_limits_are_taken_where_the_file_has_none() -> None:
    stated = replace(LOGPROBS, headers={"x-ratelimit-limit-requests": "500"})
    found = {("limits", "requests_per_minute"): 500}
    assert settings(log_probabilities=stated) == found
    assert settings(replace(MODEL, limits=Limits(60.0)), log_probabilities=stated) == {}


def test_a_file_keeps_its_comments_and_order() -> None:
    text = "# mine\nengine: openai  # ours\napi: {logprobs: true}\nsource: x\n"
    changed = with_settings(text, {("api", "logprobs"): False, ("api", "body", "seed"): None}, "f")
    assert yaml.safe_load(changed)["api"] == {"logprobs": False, "body": {"seed": None}}
    assert [line.partition(":")[0] for line in changed.splitlines()][:4] == [
        "# mine", "engine", "api", "source",
    ]  # fmt: skip
    assert "# ours" in changed
