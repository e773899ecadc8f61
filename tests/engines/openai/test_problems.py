"""Every kind of problem has its own consequence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.engines.openai.problems import Problem, backoff_s, decide


def status(number, code=None, message="words"):
    return Problem("status", message, number, code)


@pytest.mark.parametrize(
    ("problem", "act", "billed", "busy"),
    [
        (status(429, "rate_limit_exceeded"), "wait", "nothing", False),
        (status(429, "resource_unavailable"), "wait", "nothing", False),
        (status(429, "tokens", "Request too large for gpt-x"), "record", "nothing", False),
        (status(429, "insufficient_quota"), "stop", "nothing", False),
        (status(429, "billing_hard_limit_reached"), "stop", "nothing", False),
        (status(401, "invalid_api_key"), "stop", "nothing", False),
        (status(403), "stop", "nothing", False),
        (status(402), "stop", "nothing", False),
        (status(405), "stop", "nothing", False),
        (status(301), "stop", "nothing", False),
        (status(403, None, "Input was flagged by moderation"), "record", "nothing", False),
        (status(400, "content_filter", "The prompt was filtered"), "record", "nothing", False),
        (status(404, "model_not_found"), "stop", "nothing", False),
        (status(400, "context_length_exceeded"), "record", "nothing", False),
        (status(413), "record", "nothing", False),
        (status(422), "record", "nothing", False),
        (status(408), "retry", "unknown", True),
        (status(499), "retry", "unknown", True),
        (status(423), "retry", "nothing", False),
        (status(425), "retry", "nothing", False),
        (status(525), "retry", "nothing", True),
        (status(409), "retry", "nothing", False),
        (status(500), "retry", "unknown", True),
        (status(504), "retry", "unknown", True),
        (status(524), "retry", "unknown", True),
        (status(502), "retry", "nothing", True),
        (status(503), "retry", "nothing", True),
        (status(529), "retry", "nothing", True),
        (status(501), "record", "nothing", False),
        (Problem("timeout", ""), "retry", "unknown", True),
        (Problem("connection", ""), "retry", "unknown", True),
        (Problem("unsent", ""), "retry", "nothing", True),
        (Problem("unsent", "CERTIFICATE_VERIFY_FAILED"), "stop", "nothing", False),
        (Problem("body", ""), "repair", "unknown", False),
        (Problem("status", "", None, "batch_expired"), "retry", "nothing", False),
    ],
)
def test_each_kind_of_problem_has_its_consequence(problem, act, billed, busy):
    decision = decide(problem)
    assert (decision.act, decision.billed, decision.busy) == (act, billed, busy)


NO_CREDIT = (
    "Your account is suspended due to insufficient balance, please recharge your account",
    "Your team has either used all available credits or reached its monthly spending limit.",
    "You have run out of credits",
    "Not enough credits to run this request",
    "Insufficient credits",
    "insufficient_funds: top up",
    "Access denied: your account is in arrears",
    "This account was deactivated",
)
RATE = (
    "Rate limit reached for gpt-x on tokens per min. You can increase your rate limit by adding a "
    "payment method to your account at https://platform.openai.com/account/billing.",
    "Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free requests per day",
    "You exceeded your current quota, please check your plan and billing details.",
    "Number of request tokens has exceeded your per-minute rate limit",
)


@pytest.mark.parametrize(
    ("words", "act"), [(w, "stop") for w in NO_CREDIT] + [(w, "wait") for w in RATE]
)
def test_a_429_that_no_waiting_ends_is_told_from_a_limit_of_rate(words, act):
    assert decide(status(429, None, words)).act == act
    assert decide(Problem("status", words, 429, retry_after_s=30.0)).act == "wait"


def test_the_reason_names_status_code_and_the_providers_words_in_one_line():
    reason = decide(status(400, "invalid_value", "temperature must\nbe low")).reason
    assert reason == "HTTP 400 invalid_value: temperature must be low"


@pytest.mark.parametrize(
    ("problem", "certain"),
    [
        (status(403, None, "Input was flagged by moderation"), True),
        (status(400, "context_length_exceeded"), True),
        (status(413), True),
        (status(429, "tokens", "Request too large for gpt-x"), True),
        (status(400, None, "API key not valid"), False),
        (status(422), False),
        (status(404), False),
    ],
)
def test_some_refusals_are_surely_about_the_request(problem, certain):
    assert decide(problem).certain == certain


def test_a_refusal_by_moderation_is_named_as_such():
    reason = decide(status(403, None, "Input was flagged by moderation")).reason
    assert reason == "refused by moderation: HTTP 403: Input was flagged by moderation"


@pytest.mark.slow
@given(attempt=st.integers(2, 60), chance=st.floats(0, 1))
def test_pauses_grow_to_a_limit_and_never_vanish(attempt, chance):
    assert 0.25 <= backoff_s(attempt, chance) <= 60.0
    assert backoff_s(attempt + 1, chance) >= backoff_s(attempt, chance)
