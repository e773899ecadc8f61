"""The provider's own words, its code and its parameter are found in errors of any shape."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.engines.openai.answers.error_body import (
    ProviderError,
    error_in,
    error_in_answer,
)
from culture_ray.engines.openai.answers.error_status import status_of

NESTED = {"error": {"code": 429, "message": "slow", "type": "rate_limit_error"}}
OPENROUTER = {
    "error": {
        "message": "Provider returned error",
        "code": 429,
        "metadata": {"raw": json.dumps(NESTED), "provider_name": "X"},
    }
}
GEMINI = [
    {
        "error": {
            "code": 400,
            "message": "API key not valid.",
            "status": "INVALID_ARGUMENT",
            "details": [{"reason": "API_KEY_INVALID"}],
        }
    }
]
FASTAPI = {
    "detail": [
        {
            "type": "extra_forbidden",
            "loc": ["body", "max_completion_tokens"],
            "msg": "not permitted",
        }
    ]
}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (
            {"error": {"message": "no", "type": "t", "param": "p", "code": "c"}},
            ProviderError("no", "c", "p"),
        ),
        ({"error": {"message": "no", "type": "t", "code": None}}, ProviderError("no", "t")),
        ({"error": "no"}, ProviderError("no")),
        ({"error": ["no", "never"]}, ProviderError("no; never")),
        ({"errors": [{"message": "no"}]}, ProviderError("no")),
        ({"message": "no"}, ProviderError("no")),
        ({"detail": "no"}, ProviderError("no")),
        ({"object": "error", "message": "no", "code": 400}, ProviderError("no", status=400)),
        ({"error": {"error": {"message": "no"}}}, ProviderError("no")),
        ({"error": json.dumps({"error": {"message": "no"}})}, ProviderError("no")),
        (
            {"error": {"message": json.dumps({"detail": "no"}), "code": "c"}},
            ProviderError("no", "c"),
        ),
        (
            FASTAPI,
            ProviderError(
                "max_completion_tokens: not permitted", "extra_forbidden", "max_completion_tokens"
            ),
        ),
        (GEMINI, ProviderError("API key not valid.", "API_KEY_INVALID", status=400)),
        (
            OPENROUTER,
            ProviderError("Provider returned error: slow", "rate_limit_error", status=429),
        ),
        ("no", ProviderError("no")),
        (["no"], ProviderError("no")),
    ],
)
def test_errors_of_many_shapes(body, error):
    assert error_in(body) == error
    assert error_in_answer(json.dumps(body).encode()) == error


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"upstream connect\n error", "upstream connect error"),
        (b"<html><h1>403 Forbidden</h1></html>", "from a proxy? It says '403 Forbidden'"),
        (b'{"error": {"message": "cut', '{"error": {"message": "cut'),
        (b"[" * 3000, "[" * 1000),
        (b"", ""),
        (b"5", "5"),
    ],
)
def test_other_bodies_are_kept_in_their_own_words(content, words):
    assert error_in_answer(content).message.endswith(words)


@pytest.mark.parametrize("body", [None, {}, [], 5, True, [None], ""])
def test_nothing_is_no_error(body):
    assert error_in(body) is None


@given(st.recursive(st.none() | st.text(st.characters(codec=None)) | st.floats(), lambda inner: (
    st.lists(inner, max_size=2) | st.dictionaries(
        st.sampled_from(["error", "message", "detail", "loc", "msg", "metadata", "raw", "details"]),
        inner,
    )
)))  # fmt: skip
def test_no_error_crashes_the_reading(body):
    found = error_in(body)
    if found is not None:
        found.message.encode()
        assert len(found.message) <= 1000


def test_unknown_codes_are_faults_of_the_server():
    assert status_of("RESOURCE_EXHAUSTED") == 429
    assert status_of("something_else") == status_of(None) == 500


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("Model service overloaded. Please try again later.", 503),
        ("Capacity temporarily exceeded, please try again.", 503),
        ("the upstream sent an invalid response", 503),
        ("Too many requests", 429),
        ("Insufficient balance", 402),
        ("Unauthorized", 401),
        ("The model `x` does not exist", 404),
        ("temperature is not supported with this model", 400),
        ("oops", 500),
    ],
)
def test_words_stand_for_a_status_where_no_code_does(words, status):
    assert status_of(None, words) == status
    assert status_of("20012", words) == status
    assert status_of("overloaded_error", words) == 503
