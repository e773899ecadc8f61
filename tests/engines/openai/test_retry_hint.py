"""Hints in words on when to send again are read in every form that providers write them in."""

from __future__ import annotations

import httpx2
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.engines.openai.client import problem_of
from culture_ray.engines.openai.parsing import parse_body
from culture_ray.engines.openai.problems import Problem
from culture_ray.engines.openai.retry_hint import retry_hint_s
from tests.engines.openai.batch.batching import requests

FORMS = (
    "Please try again in {}.", "Retry after {}", "please retry your request in about {}!",
    "Wait {} before the next request.", "You can try again after {}; limit 60 per minute",
)  # fmt: skip
UNITS = {
    "h": 3600.0, " hours": 3600.0, " hour": 3600.0, "m": 60.0, " min": 60.0, " minutes": 60.0,
    "s": 1.0, " seconds": 1.0, " sec": 1.0, "ms": 0.001, " milliseconds": 0.001,
}  # fmt: skip


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("Rate limit reached for gpt-4 on requests per min (RPM): Limit 3, Used 3, Requested 1. "
         "Please try again in 20s. Visit https://platform.openai.com", 20.0),
        ("Please try again in 2m30s.", 150.0),
        ("Please try again in 350ms.", 0.35),
        ("Please try again in 1h2m3.5s", 3723.5),
        ("Quota exceeded. Please retry in 34.074824224s.", 34.074824224),
        ("Please retry after 26 seconds.", 26.0),
        ("Wait 3 minutes and 5 seconds.", 185.0),
        ("Try again in 1 day", 86_400.0),
    ],
)  # fmt: skip
def test_the_forms_of_providers_are_read(words: str, seconds: float) -> None:
    assert retry_hint_s(words) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "words",
    ["", "Please try again later.", "Limit 3 per 60s reached", "retry in 10 metres",
     "Try again in a moment. Limit: 40 s", "wait", "try again in s"],
)  # fmt: skip
def test_words_without_a_hint_have_none(words: str) -> None:
    assert retry_hint_s(words) is None


@pytest.mark.slow
@given(
    st.sampled_from(FORMS),
    st.lists(st.sampled_from(sorted(UNITS)), min_size=1, max_size=3),
    st.lists(st.integers(0, 5999), min_size=3, max_size=3),
    st.booleans(),
)
def test_every_time_in_every_form_is_read(
    form: str, units: list[str], numbers: list[int], fraction: bool
) -> None:
    parts = [
        (f"{number / 100:g}" if fraction else str(number), unit)
        for number, unit in zip(numbers, units, strict=False)
    ]
    time = "".join(f"{number}{unit}" for number, unit in parts)
    if any(unit.startswith(" ") for unit in units):
        time = " ".join(f"{number}{unit}" for number, unit in parts)
    expected = sum(float(number) * UNITS[unit] for number, unit in parts)
    found = retry_hint_s(form.format(time))
    assert found == (pytest.approx(expected) if expected < 1e6 else None)


@pytest.mark.slow
@given(st.text())
def test_no_words_raise(words: str) -> None:
    found = retry_hint_s(f"try again in 5{words}")
    assert found is None or 0 <= found < 1e6


@pytest.mark.parametrize(("headers", "seconds"), [({}, 150.0), ({"retry-after": "7"}, 7.0)])
def test_a_header_counts_before_the_words(headers: dict[str, str], seconds: float) -> None:
    request = httpx2.Request("POST", "http://127.0.0.1/v1/chat/completions")
    body = {"error": {"message": "Rate limit reached. Please try again in 2m30s."}}
    response = httpx2.Response(429, headers=headers, json=body, request=request)
    error = openai.RateLimitError("", response=response, body=body)
    assert problem_of(error, "a-key").retry_after_s == seconds


def test_an_error_inside_an_answer_has_its_hint() -> None:
    error = {"message": "Please try again in 20s", "code": "rate_limit_exceeded"}
    found = parse_body({"error": error}, requests(1)[0])
    assert isinstance(found, Problem)
    assert (found.status, found.retry_after_s) == (429, 20.0)
