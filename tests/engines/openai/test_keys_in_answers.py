"""A key that a provider sends back is in no response, reason or file."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest

from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.interface import Request, Sampling
from culture_ray.engines.openai.answer_cache import AnswerCache, CachedAnswer
from culture_ray.engines.openai.parsing import failed_response, parse_body, to_response
from culture_ray.engines.openai.problems import Problem, decide

KEY = 'echoed "key" with\\quotes&more/0123'
REQUEST = Request("r1", "Describe.", Sampling())
FORMS = (
    KEY, json.dumps(KEY), repr(KEY), quote(KEY), f"{KEY[:4]}***{KEY[-4:]}",
    base64.b64encode(f"me:{KEY}".encode()).decode(),
)  # fmt: skip


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("ECHO_KEY", KEY)
    ApiSettings(key_variable="ECHO_KEY").key("model")


@pytest.mark.parametrize("kind", ["status", "body", "connection"])
@pytest.mark.parametrize("form", FORMS)
def test_no_reason_holds_it(form, kind):
    problem = Problem(kind, f"Incorrect key: {form} " + "x" * 400, 400, f"code {form}")
    for reason in (decide(problem).reason, failed_response(REQUEST, form).failure):
        assert form not in reason
        assert "[key]" in reason


@pytest.mark.parametrize("form", [form for form in FORMS if "***" not in form])
def test_no_response_and_no_cached_answer_holds_it(form, tmp_path):
    message = {"content": f"my key is {form}", "refusal": None}
    body = {"choices": [{"message": message, "finish_reason": "stop"}]}
    response = to_response(REQUEST, parse_body(body, REQUEST), 0.0, None)
    assert response.text == "my key is [key]" or response.text in (
        'my key is "[key]"',
        "my key is '[key]'",
    )
    cache = AnswerCache(tmp_path)
    cache.open()
    cache.add(CachedAnswer(response))
    assert KEY not in "".join(path.read_text() for path in tmp_path.iterdir())


def test_a_refusal_that_quotes_it_does_not_hold_it():
    message = {"content": None, "refusal": f"I cannot use {json.dumps(KEY)}"}
    body = {"choices": [{"message": message, "finish_reason": "stop"}]}
    response = to_response(REQUEST, parse_body(body, REQUEST), 0.0, None)
    assert response.failure == 'the model refused: I cannot use "[key]"'
