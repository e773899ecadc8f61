"""Answers of both forms are parsed alike; a missing part is a problem, never a crash."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
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


SPOKEN = {"usage": {"prompt_tokens": 10, "completion_tokens": 7}}
"""Usage without thoughts."""


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
        (chat("length", content=""), None, "length", "cut off while thinking"),
        (chat("length", content="") | SPOKEN, None, "error", "the limit of tokens was used up"),
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
    used = TokenUsage(10, 7, 4, 2, 5, "flex")
    assert parsed(failed) == Problem("status", "oh no", 500, "server_error", usage=used)


def test_an_answer_that_does_not_say_what_it_used_has_no_usage():
    assert parsed(chat(usage=False)).usage is None


@pytest.mark.parametrize(
    "content",
    [
        [{"type": "text", "text": "te"}, {"type": "text", "text": "xt"}],
        ["te", "xt"],
        {"type": "text", "text": "text"},
        [{"type": "text", "text": {"value": "text", "annotations": []}}],
        [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"text": "text"}],
        [
            {"type": "reasoning", "text": "hm"},
            {"type": "image_url"},
            {"type": "text", "text": "text"},
        ],
    ],
)
def test_content_in_parts_is_one_text_without_its_reasoning(content):
    assert parsed(chat(content=content)).text == "text"


@pytest.mark.parametrize(
    "message",
    [
        {"reasoning_content": "think"},
        {"reasoning": "think"},
        {"reasoning_details": [{"type": "reasoning.text", "text": "think"}]},
        {"content": [{"type": "thinking", "thinking": "think"}]},
    ],
)
def test_an_answer_of_reasoning_alone_is_a_failed_row(message):
    found = parsed(chat(**({"content": ""} | message)))
    assert (found.text, found.failure) == (None, "no text, only reasoning")
    assert found.usage is not None
    assert parsed(chat(**({"content": "text"} | message | {"content": "text"}))).text == "text"


@pytest.mark.parametrize(
    ("reason", "finish", "failure"),
    [
        ("end_turn", "stop", None),
        ("eos", "stop", None),
        ("eos_token", "stop", None),
        ("stop_sequence", "stop", None),
        ("COMPLETE", "stop", None),
        (None, "stop", None),
        (7, "stop", None),
        ("max_tokens", "length", None),
        ("MAX_TOKENS", "length", None),
        ("model_length", "length", None),
        ("model_context_window_exceeded", "length", None),
        ("SAFETY", "error", "content filter"),
        ("RECITATION", "error", "content filter"),
        ("content_filter: PROHIBITED_CONTENT", "error", "content filter"),
        ("guardrail_intervened", "error", "content filter"),
        ("sensitive", "error", "content filter"),
        ("refusal", "error", "the model refused: text"),
        ("tool_calls", "stop", None),
    ],
)
def test_reasons_for_the_end_of_many_providers(reason, finish, failure):
    found = parsed(chat(reason))
    assert found.finish_reason == finish
    assert found.failure is None if failure is None else failure in found.failure


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


def test_a_tool_call_instead_of_a_text_is_named():
    call = [{"id": "c1", "type": "function", "function": {"name": "answer", "arguments": "{}"}}]
    found = parsed(chat("tool_calls", content=None, tool_calls=call))
    assert found.failure == "the model called a tool 'answer' instead of writing a text"
    output = [{"type": "function_call", "name": "answer", "arguments": "{}"}]
    found = parsed(responses() | {"output": output})
    assert found.failure == "the model called a tool 'answer' instead of writing a text"


def test_a_text_completion_and_a_delta_are_read_like_a_message():
    assert parsed({"choices": [{"text": "text", "finish_reason": "stop"}]}).text == "text"
    assert parsed({"choices": [{"delta": {"content": "text"}}]}).text == "text"


@pytest.mark.parametrize("wrap", [lambda body: [body], json.dumps, lambda body: [json.dumps(body)]])
def test_an_answer_that_is_wrapped_once_more_is_unwrapped(wrap):
    assert parsed(wrap(chat())).text == "text"


def test_a_text_that_utf_8_cannot_hold_is_made_storable():
    found = parsed(chat(content="a \ud83d b \0 c"))
    assert found.text == "a \N{REPLACEMENT CHARACTER} b \N{REPLACEMENT CHARACTER} c"
    refused = parsed(chat(content=None, refusal="no \udc00"))
    refused.failure.encode()


def test_a_stop_sequence_that_the_server_passed_over_ends_the_text():
    found = parsed(chat("length", content="one END two"))
    assert (found.text, found.finish_reason) == ("one ", "stop")


@pytest.mark.parametrize(
    "logprobs",
    [
        [{"token": "A", "logprob": float("nan")}],
        [{"token": None, "logprob": -1}],
        [{"top_logprobs": [{"token": "A", "logprob": "-1"}]}],
        [None],
        ["A"],
        {"A": -1},
    ],
)
def test_logprobs_that_cannot_be_read_are_unknown(logprobs):
    body = chat()
    body["choices"][0]["logprobs"] = {"content": logprobs}
    asked = Request("r", "prompt", Sampling(), options=("A", "B"))
    assert parsed(body, asked).probabilities is None


@pytest.mark.parametrize(
    ("logprobs", "expected"),
    [
        ({"tokens": [" A", "."], "token_logprobs": [-0.5, -1.0]}, (0.6065, 0.0)),
        (
            {"tokens": ["A"], "token_logprobs": [-0.5], "top_logprobs": [{"A": -0.5, " B": -1.5}]},
            (0.6065, 0.2231),
        ),
        ({"tokens": ["A"], "token_logprobs": [-0.5], "top_logprobs": []}, (0.6065, 0.0)),
        ({"tokens": ["A"], "token_logprobs": None}, None),
        ({"tokens": "A", "token_logprobs": -0.5}, None),
        ({"tokens": [None], "token_logprobs": [None], "top_logprobs": [3]}, None),
        ({"content": None}, None),
        (None, None),
    ],
)
def test_logprobs_in_columns_are_read(logprobs, expected):
    body = chat()
    body["choices"][0]["logprobs"] = logprobs
    asked = Request("r", "prompt", Sampling(), options=("A", "B"))
    found = parsed(body, asked).probabilities
    assert found == (None if expected is None else pytest.approx(expected, abs=1e-4))


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


def test_a_probability_is_never_above_one():
    body = chat()
    likely = [{"token": "A", "logprob": 700.0}, {"token": "B", "logprob": -1e6}]
    body["choices"][0]["logprobs"] = {"content": [{"top_logprobs": likely}]}
    asked = Request("r", "prompt", Sampling(), options=("A", "B"))
    assert parsed(body, asked).probabilities == (1.0, 0.0)


NAMES = [
    "choices", "message", "content", "output", "status", "type", "text", "usage", "error", "code",
    "finish_reason", "refusal", "logprobs", "top_logprobs", "token", "logprob", "tool_calls",
    "function", "reasoning", "reasoning_content", "summary", "detail", "loc", "msg", "metadata",
    "raw", "prompt_tokens", "completion_tokens", "total_tokens", "completion_tokens_details",
    "reasoning_tokens", "input_tokens", "output_tokens", "incomplete_details", "reason", "name",
    "cost", "cost_details", "is_byok", "tokens", "token_logprobs", "success", "usage_metadata",
]  # fmt: skip
"""Fields that the parser looks at: documents of them reach deeper than documents of others."""

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=10**17)
    | st.floats()
    | st.text(st.characters(codec=None), max_size=6)
    | st.sampled_from(["message", "output_text", "error", "length", "{}", '{"error": "x"}', "80"])
)
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
    max_leaves=25,
)
ANSWERS = JSON | st.fixed_dictionaries(
    {
        "choices": st.lists(
            st.fixed_dictionaries(
                {"message": st.fixed_dictionaries({"content": JSON}, optional={"refusal": JSON})},
                optional={
                    "finish_reason": JSON,
                    "logprobs": st.fixed_dictionaries({"content": JSON}),
                },
            ),
            max_size=2,
        )
    },
    optional={"usage": st.dictionaries(st.sampled_from(NAMES), JSON, max_size=5), "error": JSON},
)
"""Any JSON document, and documents that are answers in all but some of their fields."""

EXAMPLES = 500 if settings.default.max_examples <= 100 else 10_000
"""More in `make chaos`, whose profile asks for more of everything."""

OPTIONS = Request("r", "prompt", Sampling(stop=("END",)), schema="{}", options=("A", "B"))


@pytest.mark.slow
@settings(max_examples=EXAMPLES)
@given(ANSWERS)
def test_no_json_document_in_place_of_an_answer_raises(body):
    found = parsed(body, OPTIONS)
    assert isinstance(found, ParsedAnswer | Problem)
    if isinstance(found, Problem):
        found.message.encode()
        (found.code or "").encode()
    else:
        ((found.text or "") + (found.failure or "")).encode()
        assert "\0" not in (found.text or "")
    if found.usage is not None:
        usage = vars(found.usage)
        counts = [v for name, v in usage.items() if name not in ("tier", "stated_nano")]
        assert all(type(count) is int and 0 <= count < 2**31 for count in counts)


@given(st.binary(max_size=60))
def test_no_bytes_crash_the_reading(content):
    assert isinstance(parse(content, REQUEST), ParsedAnswer | Problem)


@given(st.sampled_from(["data: ", "<html>", "[" * 2000, '{"choices":', "\ufeff", "\0"]), st.text())
def test_no_text_crashes_the_reading(start, rest):
    assert isinstance(
        parse((start + rest).encode("utf-8", "replace"), REQUEST), ParsedAnswer | Problem
    )
