"""Answers of both forms are parsed alike; a missing part is a problem, never a crash."""

from __future__ import annotations

import json

import pytest

from culture_ray.engines.interface import Request, Sampling
from culture_ray.engines.openai.parsing import ParsedAnswer
from culture_ray.spending.account import TokenUsage
from tests.engines.openai.answer_bodies import SPOKEN, chat, parsed, responses

WITH_SCHEMA = Request("r", "prompt", Sampling(), schema="{}")


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
