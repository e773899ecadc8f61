"""Errors in place of an answer, or within one, are problems with their status and usage."""

from __future__ import annotations

import pytest

from culture_ray.engines.openai.problems import Problem
from culture_ray.spending.account import TokenUsage
from tests.engines.openai.answer_bodies import chat, parsed, responses


def test_a_response_that_failed_at_the_provider_is_its_problem():
    failed = responses("failed", error={"code": "server_error", "message": "oh no"})
    used = TokenUsage(10, 7, 4, 2, 5, "flex")
    assert parsed(failed) == Problem("status", "oh no", 500, "server_error", usage=used)


@pytest.mark.parametrize(
    "reason", ["error", "insufficient_system_resource", "network_error", "abort"]
)
def test_an_answer_that_broke_off_is_a_problem_with_its_usage(reason):
    found = parsed(chat(reason, content="half a te"))
    assert found.kind == "status"
    assert found.status == 500
    assert found.message == "the provider broke the answer off with an error"
    assert found.usage.output_tokens == 7


def test_an_error_in_a_choice_has_the_words_and_status_of_the_provider():
    body = chat("error", content="")
    body["choices"][0]["error"] = {"code": 502, "message": "Upstream error: overloaded"}
    body["usage"] = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    found = parsed(body)
    assert (found.status, found.message) == (502, "Upstream error: overloaded")
    assert found.usage == TokenUsage(0, 0, tier="flex"), "zeros are believed without a text"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ({"message": "slow down", "code": 429}, 429),
        ({"message": "slow down", "type": "rate_limit_error"}, 429),
        ({"message": "slow down", "status": "RESOURCE_EXHAUSTED"}, 429),
        ("slow down", 500),
        (["slow down"], 500),
    ],
)
def test_an_error_inside_a_200_is_what_its_own_words_say(error, status):
    found = parsed({"error": error})
    assert (found.kind, found.message, found.status) == ("status", "slow down", status)


@pytest.mark.parametrize("error", [None, {}, "", [], False])
def test_an_empty_error_is_none(error):
    assert parsed(chat() | {"error": error}).text == "text"


@pytest.mark.parametrize("choices", [[], None, {}, [None], "no", [[]]])
def test_no_choice_is_a_problem_with_its_usage(choices):
    found = parsed(chat() | {"choices": choices})
    assert (found.kind, found.message) == ("body", "the answer has no choices")
    assert found.usage.output_tokens == 7


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ({"code": 50505, "message": "Model service overloaded", "data": None}, "status", 503),
        ({"code": "429", "message": "Too many requests", "choices": None}, "status", 429),
        ({"success": False, "errors": [{"code": 7003, "message": "No route"}]}, "status", 500),
        ({"code": 0, "message": "ok", "data": {}}, "body", None),
        ({"code": 200, "msg": "success"}, "body", None),
        ({"message": "hello"}, "body", None),
        ({"choices": []}, "body", None),
    ],
)
def test_an_error_without_a_field_for_it_is_told_by_its_code(body, kind, status):
    problem = parsed(body)
    assert (problem.kind, problem.status) == (kind, status)
