"""Answers of both forms are parsed alike; a missing part is a problem, never a crash."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.engines.interface import Request, Sampling
from culture_ray.engines.openai.parsing import ParsedAnswer, parse
from culture_ray.engines.openai.problems import Problem
from culture_ray.spending.account import TokenUsage

REQUEST = Request("r", "prompt", Sampling(stop=("END",)))
WITH_SCHEMA = Request("r", "prompt", Sampling(), schema="{}")


def chat(finish="stop", usage=True, **message):
    used = {
        "prompt_tokens": 10,
        "completion_tokens": 7,
        "prompt_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 2},
        "completion_tokens_details": {"reasoning_tokens": 5},
    }
    body = {
        "choices": [{"message": {"content": "text", **message}, "finish_reason": finish}],
        "service_tier": "flex",
    }
    return body | ({"usage": used} if usage else {})


def responses(status="completed", reason=None, error=None, **part):
    content = {"type": "output_text", "text": "text", **part}
    return {
        "status": status,
        "incomplete_details": {"reason": reason} if reason else None,
        "error": error,
        "output": [
            {"type": "reasoning", "summary": []},
            {"type": "message", "content": [content]},
        ],
        "usage": {
            "input_tokens": 10,
            "output_tokens": 7,
            "input_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 2},
            "output_tokens_details": {"reasoning_tokens": 5},
        },
        "service_tier": "flex",
    }


def parsed(body, request=REQUEST, tier=None):
    return parse(json.dumps(body), request, tier)


@pytest.mark.parametrize("body", [chat(), responses()])
def test_cached_written_and_reasoning_tokens_are_read_at_the_tier_that_served(body):
    assert parsed(body) == ParsedAnswer("text", "stop", usage=TokenUsage(10, 7, 4, 2, 5, "flex"))
    assert parsed(body, tier="batch").usage.tier == "batch"


@pytest.mark.parametrize(
    ("body", "text", "finish", "failure"),
    [
        (chat("length"), "text", "length", None),
        (responses("incomplete", "max_output_tokens"), "text", "length", None),
        (chat("length", content=""), None, "error", "the limit of tokens was used up before"),
        (chat("content_filter"), None, "error", "content filter"),
        (responses("incomplete", "content_filter"), None, "error", "content filter"),
        (chat(content=None, refusal="No."), None, "error", "the model refused: No."),
        (responses(type="refusal", refusal="No."), None, "error", "the model refused: No."),
        (chat(content=None), None, "error", "no text"),
        (responses(text="one END two"), "one ", "stop", None),
    ],
)
def test_every_end_has_its_reason_and_its_price(body, text, finish, failure):
    found = parsed(body)
    assert (found.text, found.finish_reason) == (text, finish)
    assert found.usage is not None
    assert found.failure is None if failure is None else failure in found.failure


def test_only_a_finished_answer_to_a_schema_has_to_be_json():
    assert not parsed(chat(), WITH_SCHEMA).well_formed
    assert parsed(chat("length"), WITH_SCHEMA).well_formed
    assert parsed(chat(content='{"a": 1}'), WITH_SCHEMA).well_formed
    assert parsed(chat()).well_formed


def test_a_response_that_failed_at_the_provider_is_its_problem():
    failed = responses("failed", error={"code": "server_error", "message": "oh no"})
    assert parsed(failed) == Problem("status", "oh no", 500, "server_error")


def test_an_answer_that_does_not_say_what_it_used_has_no_usage():
    assert parsed(chat(usage=False)).usage is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["choices", "message", "output", "status", "content", "type", "usage"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_no_body_crashes_the_reading(body):
    assert isinstance(parsed(body), ParsedAnswer | Problem)


@given(st.binary(max_size=60))
def test_no_bytes_crash_the_reading(content):
    assert isinstance(parse(content, REQUEST), ParsedAnswer | Problem)
