"""Rows of result files: whatever they hold, each request gets an answer or a reason."""

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.engines.interface import Request, Response, Sampling
from culture_ray.engines.openai.batch.journal import BatchRequest
from culture_ray.engines.openai.batch.outcomes import (
    outcome_of,
    response_to,
    shared_refusal,
    were_cancelled,
)
from culture_ray.engines.openai.batch.results import is_answer, rows_by_request, unzipped
from culture_ray.engines.openai.batch.states import phase_of, state_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
BODY = st.fixed_dictionaries({}, optional={"choices": JSON, "usage": JSON, "output": JSON,
                                           "status": JSON, "error": JSON}) | JSON  # fmt: skip
RESPONSE = st.fixed_dictionaries({"status_code": st.just(200) | JSON, "body": BODY}) | JSON
ROW = st.fixed_dictionaries(
    {"custom_id": st.sampled_from(["a", "b"]) | JSON},
    optional={"response": RESPONSE, "error": JSON},
)
REQUEST = Request("a", "Describe.", Sampling())


@pytest.mark.slow
@given(st.lists(ROW | JSON, max_size=4))
def test_no_row_raises(content):
    lines = [json.dumps(row) for row in content]
    rows = rows_by_request(lines, ["a", "b"])
    assert set(rows) <= {"a", "b"}
    results = {
        name: (BatchRequest(name, 9, "t", unread=1, faults=8, lost=8), rows.get(name))
        for name in ("a", "b")
    }
    for sent, row in results.values():
        response = response_to(REQUEST, sent, outcome_of(row, REQUEST), 3, lambda failures: True)
        assert isinstance(response, Response)
        assert (response.text is None) == (response.failure is not None)
    shared_refusal(results)
    were_cancelled(rows.values(), cancelled=False)


ANSWER = {"choices": [{"message": {"content": "text"}, "finish_reason": "stop"}]}


@pytest.mark.parametrize(
    "response",
    [
        {"status_code": 200, "body": ANSWER},
        {"status_code": "200", "body": ANSWER},
        {"body": ANSWER},
        {"body": ANSWER, "status_code": None},
        ANSWER,
        {"status_code": 200, "body": json.dumps(ANSWER)},
    ],
)
def test_an_answer_is_found_in_its_row(response):
    row = {"custom_id": "a", "response": response}
    for lines in ([json.dumps(row)], [json.dumps([row, "x", None])]):
        found = rows_by_request(lines, ["a"])["a"]
        assert is_answer(found)
        assert outcome_of(found, REQUEST).text == "text"


@pytest.mark.parametrize("response", [None, {}, {"body": {}}, {"body": "text"}, {"body": None}])
def test_a_row_without_an_answer_is_none(response):
    assert not is_answer({"custom_id": "a", "response": response})


def test_a_compressed_file_is_read_as_far_as_it_goes():
    lines = b"".join(b'{"custom_id": "%d"}\n' % number for number in range(40_000))
    whole = gzip.compress(lines)
    assert unzipped(lines) == lines
    assert unzipped(whole) == lines
    part = unzipped(whole[: len(whole) // 2])
    assert lines.startswith(part)
    assert len(part) > len(lines) // 4
    assert unzipped(b"\x1f\x8bno archive") == b""


@given(st.text())
def test_no_text_raises(text):
    rows_by_request(text.split("\n"), ["a"])


STATE = dict.fromkeys(
    (
        "status",
        "output_file_id",
        "error_file_id",
        "errors",
        "request_counts",
        "created_at",
        "expires_at",
        "cancelling_at",
        "completed_at",
    ),
    JSON,
)


@pytest.mark.slow
@given(st.fixed_dictionaries({}, optional=STATE))
def test_no_batch_object_raises_and_each_is_over_some_day(content):
    state = state_of(content)
    phase_of(state, 0.0, 1.0)
    assert phase_of(state, 0.0, 1e16) in ("ended", "refused")


def test_a_batch_that_is_cancelling_for_hours_is_over():
    state = state_of({"status": "cancelling", "created_at": 100, "cancelling_at": 200})
    assert phase_of(state, 100.0, 200.0 + 3600) == "open"
    assert phase_of(state, 100.0, 200.0 + 3 * 3600) == "ended"
    assert state.was_cancelled


def test_a_batch_is_waited_for_until_after_it_expires():
    state = state_of({"status": "in_progress", "created_at": 0, "expires_at": 86_400})
    assert phase_of(state, 0.0, 86_400.0) == "running"
    assert phase_of(state, 0.0, 86_400.0 + 3 * 3600) == "ended"
