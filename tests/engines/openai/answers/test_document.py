"""Bytes are one JSON value, or what else they are is said."""

from __future__ import annotations

import codecs
import json

import pytest

from culture_ray.engines.openai.answers.document import Unreadable, decode, is_json, markup_words


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b'\n\n  {"a": 1}\r\n', {"a": 1}),
        (codecs.BOM_UTF8 + b'{"a": 1}', {"a": 1}),
        ('{"a": "æ"}'.encode("utf-16"), {"a": "æ"}),
        (b'{"a": "\xff"}', {"a": "\N{REPLACEMENT CHARACTER}"}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'{"a": -Infinity}', {"a": float("-inf")}),
    ],
)
def test_unusual_json_is_read(content, value):
    assert decode(content) == value


def test_a_huge_integer_is_a_float():
    assert decode(b'{"a": ' + b"9" * 5000 + b"}") == {"a": float("inf")}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the answer is empty"),
        (b" \n ", "the answer is empty"),
        (b"Service busy", "the answer is not JSON: it begins with 'Service busy'"),
        (b'{"choices": [{"mess', r"the JSON ends after 19 characters: cut off\?"),
        (b'{"choices": [', r"the JSON ends after 13 characters: cut off\?"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (
            b"<!DOCTYPE html><html><head><title>502 Bad\n Gateway</title></head><body>x</body>",
            r"an HTML page instead of JSON, from a proxy\? It says '502 Bad Gateway'",
        ),
        (
            b'<?xml version="1.0"?><Error><Code>Denied</Code></Error>',
            "markup instead of JSON .*Denied",
        ),
        (b'data: {"choices": [{"delta": {"content": "a"}}]}\n\n', "without a whole answer"),
    ],
)
def test_other_content_is_called_what_it_is(content, words):
    with pytest.raises(Unreadable, match=words):
        decode(content)


def test_a_page_without_a_title_is_quoted_without_scripts_and_markup():
    page = (
        "<html><style>a{}</style><script>evil()</script><body>Log&nbsp;in <b>here</b></body></html>"
    )
    assert markup_words(page).endswith("from a proxy? It says 'Log in here'")


def test_only_one_whole_value_is_json():
    assert is_json("[1, 2]")
    assert not is_json("[1, 2")
    assert not is_json("[" * 100_000)
    assert is_json("9" * 5000)


def test_an_event_stream_nobody_asked_for_is_one_answer():
    events = [
        {"choices": [{"delta": {"role": "assistant", "content": "1. a"}}]},
        {"choices": [{"delta": {"content": "2. b", "reasoning_content": "hm"}}]},
        {"choices": [{"delta": {}, "finish_reason": "length"}], "usage": None},
        {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}},
    ]
    lines = [": OPENROUTER PROCESSING\n\n", *(f"data: {json.dumps(e)}\r\n\r\n" for e in events)]
    answer = decode("".join([*lines, "data: [DONE]\n\n"]).encode())
    assert answer["choices"] == [
        {
            "message": {"content": ["1. a", "2. b"], "reasoning_content": "hm"},
            "finish_reason": "length",
        }
    ]
    assert answer["usage"] == {"prompt_tokens": 3, "completion_tokens": 4}


def test_a_stream_of_responses_ends_with_the_whole_answer():
    whole = {"status": "completed", "output": []}
    created = {"type": "response.created", "response": {"status": "in_progress", "output": []}}
    stream = "".join(
        f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"
        for event in (created, {"type": "response.completed", "response": whole})
    )
    assert decode(stream) == whole


@pytest.mark.parametrize(
    "data", ['{"error": {"message": "busy"}}', '{"choices": [{"message": {"a": 1}}]}']
)
def test_a_whole_answer_or_an_error_in_an_event_counts(data):
    assert decode(f"data: {data}\n\n") == json.loads(data)
