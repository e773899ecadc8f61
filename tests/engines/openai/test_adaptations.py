"""A parameter that a provider refuses is left out, or sent under its other name."""

from __future__ import annotations

import pytest

from culture_ray.engines.openai.adaptations import Adaptation, adaptation_for
from culture_ray.engines.openai.problems import Problem

BODY = {
    "model": "m", "messages": [], "temperature": 0.7, "top_p": 0.95, "max_completion_tokens": 600,
    "stop": ["x"], "seed": 1, "logprobs": True, "top_logprobs": 20, "service_tier": "default",
    "response_format": {"type": "json_schema", "json_schema": {}},
}  # fmt: skip
OUT = "left out"


def refused(message: str, param: str | None = None, code: str | None = None, status: int = 400):
    return Problem("status", message, status, code, param)


@pytest.mark.parametrize(
    ("problem", "parameter", "how"),
    [
        # OpenAI, reasoning models
        (refused("Unsupported value: 'temperature' does not support 0.7 with this model. Only the "
                 "default (1) value is supported.", "temperature", "unsupported_value"),
         "temperature", OUT),
        (refused("Unsupported parameter: 'top_p' is not supported with this model.", "top_p"),
         "top_p", OUT),
        (refused("Unsupported parameter: 'max_completion_tokens'. Use 'max_tokens' instead."),
         "max_completion_tokens", "renamed"),
        # Mistral, FastAPI servers
        (refused("Error code: 422 - {'detail': [{'type': 'extra_forbidden', 'loc': ['body', "
                 "'max_completion_tokens'], 'msg': 'Extra inputs are not permitted'}]}",
                 status=422), "max_completion_tokens", "renamed"),
        (refused("Error code: 422 - {'detail': [{'type': 'extra_forbidden', 'loc': ['body', "
                 "'seed'], 'msg': 'Extra inputs are not permitted'}]}", status=422), "seed", OUT),
        # Gemini's compatible address
        (refused('Invalid JSON payload received. Unknown name "seed": Cannot find field.'),
         "seed", OUT),
        # xAI
        (refused("Model grok-4 does not support parameter stop."), "stop", OUT),
        # Groq
        (refused("property 'logprobs' is unsupported, did you mean 'store'?"), "logprobs", OUT),
        # Anthropic's compatible address
        (refused("`temperature` and `top_p` cannot both be specified for this model"),
         "top_p", OUT),
        # DeepSeek, llama.cpp and others without schemas
        (refused("This response_format type is unavailable now"), "response_format",
         "as a JSON object"),
        (refused("json_schema is not supported by this model"), "response_format",
         "as a JSON object"),
        (refused("structured outputs are not supported", status=501), "response_format",
         "as a JSON object"),
        (refused("invalid service_tier: default", "service_tier"), "service_tier", OUT),
    ],
)  # fmt: skip
def test_what_the_error_names_is_changed(problem: Problem, parameter: str, how: str) -> None:
    adaptation = adaptation_for(problem, BODY)
    assert adaptation == Adaptation(parameter, how)
    changed = adaptation.applied(BODY)
    assert changed != BODY
    assert set(BODY) - set(changed) <= {parameter}


@pytest.mark.parametrize(
    "problem",
    [
        refused("Input was flagged by moderation", status=403),
        refused("This model's maximum context length is 8192 tokens", "messages"),
        refused("API key not valid. Please pass a valid API key."),
        refused("max_completion_tokens is too large: 600. This model supports at most 100.",
                "max_completion_tokens"),
        refused("Please stop sending so many unsupported requests"),
        refused("temperature is not supported", status=401),
        Problem("timeout", "temperature is not supported"),
    ],
)  # fmt: skip
def test_other_refusals_change_nothing(problem: Problem) -> None:
    assert adaptation_for(problem, BODY) is None


def test_what_the_user_has_set_is_never_changed() -> None:
    problem = refused("Unsupported parameter: 'seed'", "seed")
    assert adaptation_for(problem, BODY, fixed={"seed"}) is None


def test_a_schema_falls_back_to_an_object_and_then_to_the_prompt_alone() -> None:
    problem = refused("response_format is not supported", "response_format")
    first = adaptation_for(problem, BODY)
    assert first is not None
    body = first.applied(BODY)
    assert body["response_format"] == {"type": "json_object"}
    second = adaptation_for(problem, body)
    assert second is not None
    assert "response_format" not in second.applied(body)
    assert "by the prompt alone" in second.sentence("HTTP 400")
    responses = {"input": "", "text": {"format": {"type": "json_schema"}}}
    third = adaptation_for(refused("not supported", "text.format"), responses)
    assert third is not None
    assert third.applied(responses)["text"] == {"format": {"type": "json_object"}}


def test_a_rename_is_not_taken_back() -> None:
    there = Adaptation("max_completion_tokens", "renamed")
    back = Adaptation("max_tokens", "renamed")
    assert there.applied({"max_completion_tokens": 9}) == {"max_tokens": 9}
    assert back.undoes([there])
    assert not there.undoes([])


def test_the_notice_says_what_changes_the_experiment() -> None:
    sentence = Adaptation("temperature", "left out").sentence("HTTP 400: no")
    assert "sampled with the provider's default" in sentence
    assert "HTTP 400: no" in sentence
