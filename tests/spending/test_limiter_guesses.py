"""A limit that nobody has told is guessed, raised and found."""

from __future__ import annotations

import pytest

from culture_ray.spending.account import TokenUsage
from culture_ray.spending.limiter import Limiter
from culture_ray.spending.limits import Limits
from tests.spending.builders import text_bound
from tests.spending.provider_sim import Provider, run

ENOUGH = 0.97


def test_limits_that_nobody_told_are_learned_from_headers_after_a_careful_start() -> None:
    ran = run(Limits(), Provider(500, 200_000))
    assert ran.refused == 0
    assert ran.tokens / 200_000 >= ENOUGH
    assert sum(1 for at, _ in ran.sent if at < 1.0) <= 6


@pytest.mark.parametrize(
    ("limits", "requests", "tokens"),
    [
        (Limits(), 300, None),
        (Limits(None, 6000), None, 6000),
        (Limits(500, None), 500, None),
        (Limits(500, 6000), 500, 6000),
    ],
)
def test_a_limit_is_guessed_only_where_none_is_known(
    limits: Limits, requests: float | None, tokens: float | None
) -> None:
    limiter = Limiter(limits, 0.0)
    assert (limiter.requests.per_minute, limiter.tokens.per_minute) == (requests, tokens)


def _answer(limiter: Limiter, at: float) -> None:
    limiter.settle(limiter.charge(text_bound(), at), TokenUsage(10, 10))


def test_a_guessed_limit_doubles_every_quarter_second_while_requests_are_answered() -> None:
    limiter = Limiter(Limits(), 0.0)
    _answer(limiter, 0.0)
    seen = []
    for now in (0.2, 0.25, 0.5, 0.55, 0.75, 0.8):
        limiter.earliest(text_bound(), now)
        seen.append(limiter.requests.per_minute)
        if now in (0.5, 0.55):
            _answer(limiter, now)
    assert seen == [300, 600, 600, 1200, 1200, 2400]


def test_an_old_answer_that_comes_late_undoes_no_new_one() -> None:
    limiter = Limiter(Limits(), 0.0)
    old = limiter.charge(text_bound(), 0.0)
    _answer(limiter, 0.0)
    limiter.earliest(text_bound(), 0.25)
    _answer(limiter, 0.3)
    limiter.settle(old, TokenUsage(10, 10))
    limiter.earliest(text_bound(), 0.6)
    assert limiter.requests.per_minute == 1200


def test_a_refusal_halves_what_the_limit_has_risen_to_by_then() -> None:
    limiter = Limiter(Limits(), 0.0)
    _answer(limiter, 0.0)
    limiter.pause(None, 0.3)
    assert limiter.requests.per_minute == 300


def test_a_guessed_limit_waits_for_answers_at_its_rate() -> None:
    limiter = Limiter(Limits(), 0.0)
    early, late = limiter.charge(text_bound(), 0.0), limiter.charge(text_bound(), 0.5)
    limiter.settle(early, TokenUsage(10, 10))
    limiter.earliest(text_bound(), 1.0)
    limiter.settle(late, TokenUsage(10, 10))  # sent before the rate was doubled
    limiter.earliest(text_bound(), 30.0)
    assert limiter.requests.per_minute == 600


def test_a_known_limit_is_not_doubled() -> None:
    limiter = Limiter(Limits(60), 0.0)
    limiter.earliest(text_bound(), 100.0)
    assert limiter.requests.per_minute == 60


@pytest.mark.parametrize(("kind", "expected"), [("requests", 500), ("tokens", 600)])
def test_a_guess_ends_when_headers_tell_the_limit_on_requests(kind: str, expected: float) -> None:
    limiter = Limiter(Limits(), 0.0)
    sent = limiter.charge(text_bound(), 0.0)
    limiter.observe_headers(sent, {f"x-ratelimit-limit-{kind}": "500"}, 0.0)
    limiter.settle(sent, TokenUsage(10, 10))
    limiter.earliest(text_bound(), 5.0)
    assert limiter.requests.per_minute == expected


def test_a_guess_that_doubled_is_halved_from_there() -> None:
    limiter = Limiter(Limits(), 0.0)
    _answer(limiter, 0.0)
    limiter.earliest(text_bound(), 5.0)
    limiter.pause(None, 6.0)
    assert limiter.requests.per_minute == 300


def test_a_guess_is_halved_by_a_refusal_and_kept() -> None:
    limiter = Limiter(Limits(), 0.0)
    limiter.pause(None, 1.0)
    assert limiter.requests.per_minute == 150
    limiter.earliest(text_bound(), 100.0)
    assert limiter.requests.per_minute == 150


@pytest.mark.slow
def test_an_unknown_limit_rises_again_after_a_refusal_by_chance() -> None:
    provider = Provider(3000, 5e7, sends_headers=False, by_chance=0.01)
    ran = run(Limits(), provider, minutes=3)
    assert ran.requests >= 0.85 * 3000
