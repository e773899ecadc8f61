"""Models that think, behind an API: budget, body, and thoughts apart from the text."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.interface import Request, Sampling, Turn
from culture_ray.engines.model import Model
from culture_ray.engines.openai.body import (
    NO_THINKING,
    Thinking,
    request_body,
    thinking_of,
    usage_bound,
)
from culture_ray.engines.openai.parsing import ParsedAnswer, parse, to_response
from culture_ray.engines.openai.system_role import without_system_role
from culture_ray.engines.thoughts.marks import ThoughtMarks

SAMPLING = Sampling(temperature=0.7, max_tokens=600, stop=("11.",))
PLAIN = Request("r", "Describe ten citizens.", SAMPLING)
OPTIONS = replace(PLAIN, options=("A", "B"))
WITH_SCHEMA = replace(PLAIN, schema='{"type": "object"}')
THINKING = Thinking(4000, {"enable_thinking": True})
FORMS = pytest.mark.parametrize(
    ("form", "limit"), [("chat", "max_completion_tokens"), ("responses", "max_output_tokens")]
)


@FORMS
def test_the_output_limit_covers_thoughts_and_answer(form: str, limit: str) -> None:
    api = ApiSettings(form=form)  # type: ignore[arg-type]
    body = request_body(PLAIN, "m", api, thinking=THINKING)
    assert body[limit] == 4600
    bound = usage_bound(PLAIN, body, 1, "standard", limited=True)
    assert bound.output_tokens == 4600
    assert request_body(PLAIN, "m", api, thinking=NO_THINKING)[limit] == 600


def test_nothing_is_sent_that_would_end_the_thoughts_or_read_them_as_the_answer() -> None:
    body = request_body(OPTIONS, "m", ApiSettings(), thinking=THINKING)
    assert not {"stop", "logprobs", "top_logprobs"} & set(body)
    assert body["chat_template_kwargs"] == {"enable_thinking": True}
    plain = request_body(OPTIONS, "m", ApiSettings())
    assert plain["stop"] == ["11."]
    assert plain["max_completion_tokens"] == 1
    assert "chat_template_kwargs" not in plain


def test_a_models_settings_are_those_of_its_requests() -> None:
    model = Model("openai", "f", "m", thinking_tokens=7, chat_template_args={"a": 1})
    assert thinking_of(model) == Thinking(7, {"a": 1})
    assert model.output_limit(600) == 607


def test_earlier_exchanges_are_messages_in_both_forms() -> None:
    request = replace(PLAIN, system="Be brief.", turns=(Turn("Is water wet?", "Yes."),))
    chat = request_body(request, "m", ApiSettings())
    roles = [message["role"] for message in chat["messages"]]
    assert roles == ["system", "user", "assistant", "user"]
    responses = request_body(request, "m", ApiSettings(form="responses"))
    assert responses["instructions"] == "Be brief."
    assert responses["input"] == chat["messages"][1:]
    for body in (chat, responses):
        merged = without_system_role(body)
        first = (merged.get("messages") or merged["input"])[0]
        assert first == {"role": "user", "content": "Be brief.\n\nIs water wet?"}
        assert "instructions" not in merged
    bound = usage_bound(request, chat, 1, "standard", limited=True)
    alone = usage_bound(PLAIN, chat, 1, "standard", limited=True)
    assert bound.input_characters == alone.input_characters + len("Be brief.Is water wet?Yes.")


def answer(finish: str = "stop", reasoning: int | None = None, **message: object) -> str:
    usage = {"prompt_tokens": 10, "completion_tokens": 300}
    details = {} if reasoning is None else {"reasoning_tokens": reasoning}
    choice = {"message": {"content": "text", **message}, "finish_reason": finish}
    return json.dumps(
        {"choices": [choice], "usage": {**usage, "completion_tokens_details": details}}
    )


def test_thoughts_and_text_are_apart_wherever_the_thoughts_come() -> None:
    in_text = parse(answer(content="<think>\nhm\n</think>\n\ntext"), PLAIN)
    in_field = parse(answer(reasoning_content="hm"), PLAIN)
    for found in (in_text, in_field):
        assert isinstance(found, ParsedAnswer)
        assert (found.text, found.thoughts, found.finish_reason) == ("text", "hm", "stop")
        response = to_response(PLAIN, found, 1.0, None)
        assert (response.text, response.thoughts) == ("text", "hm")
        assert response.reasoning_tokens is None  # not reported, and therefore not 0
    both = parse(answer(reasoning_content="hm", content="<think>so</think>text"), PLAIN)
    assert isinstance(both, ParsedAnswer)
    assert both.thoughts == "hm\n\nso"


def test_a_stop_sequence_counts_in_the_text_alone() -> None:
    found = parse(answer(content="<think>10. a\n11. b</think>1. yes\n11. no"), PLAIN)
    assert isinstance(found, ParsedAnswer)
    assert found.text == "1. yes\n"
    assert "11. b" in (found.thoughts or "")


def test_reported_reasoning_is_a_number_of_the_response() -> None:
    found = parse(answer(reasoning=250, reasoning_content="hm"), PLAIN)
    assert isinstance(found, ParsedAnswer)
    assert found.usage is not None
    assert found.usage.output_tokens == 300
    assert to_response(PLAIN, found, 1.0, None).reasoning_tokens == 250


def test_an_answer_in_json_is_looked_for_after_the_thoughts() -> None:
    found = parse(answer(content='<think>{"draft": 1}</think>{"stances": []}'), WITH_SCHEMA)
    assert isinstance(found, ParsedAnswer)
    assert (found.text, found.well_formed) == ('{"stances": []}', True)


@pytest.mark.parametrize(
    "content",
    [
        answer("length", content="<think>hm"),
        answer("length", content="", reasoning_content="hm"),
        answer("length", content=None, reasoning=300),
    ],
)
def test_an_answer_cut_off_in_its_thoughts_fails_with_that_reason(content: str) -> None:
    found = parse(content, PLAIN)
    assert isinstance(found, ParsedAnswer)
    assert (found.text, found.finish_reason) == (None, "length")
    assert str(found.failure).startswith("cut off while thinking")
    assert found.usage is not None


def test_probabilities_of_a_first_token_that_is_a_thought_are_not_read() -> None:
    first = {"token": "A", "logprob": -0.1, "top_logprobs": [{"token": "A", "logprob": -0.1}]}
    choice = {"message": {"content": "A"}, "logprobs": {"content": [first]}}
    thinking = {**choice, "message": {"content": "<think>A?</think>A"}}
    seen = [parse(json.dumps({"choices": [one]}), OPTIONS) for one in (choice, thinking)]
    assert [one.probabilities is None for one in seen if isinstance(one, ParsedAnswer)] == [
        False,
        True,
    ]


def test_a_models_own_marks_count() -> None:
    marks = (ThoughtMarks("((", "))"),)
    found = parse(answer(content="((hm))text"), PLAIN, marks=marks)
    assert isinstance(found, ParsedAnswer)
    assert (found.text, found.thoughts) == ("text", "hm")
