"""A limiter follows the limits and levels in the provider's headers."""

from __future__ import annotations

import pytest

from culture_ray.spending.account import TokenUsage, UsageBound
from culture_ray.spending.limiter import Limiter, SentRequest
from culture_ray.spending.limits import Limits
from tests.spending.builders import text_bound
from tests.spending.provider_sim import Provider, run

ENOUGH = 0.97


@pytest.mark.parametrize("real", [0.2, 0.5, 2.0, 5.0])
def test_other_limits_in_the_headers_are_followed_within_30_s(real: float) -> None:
    provider = Provider(10_000 * real, 200_000 * real)
    ran = run(Limits(10_000, 200_000), provider, minutes=3)
    assert ran.refused_late == 0
    assert ran.tokens / (200_000 * real) >= ENOUGH


def test_headers_are_ignored_where_the_user_says_so() -> None:
    limits = Limits(500, 2_000_000, follow_headers=False)
    ran = run(limits, Provider(5000, 2_000_000))
    assert 0.97 <= ran.requests / 500 <= 1.0


@pytest.mark.parametrize("nonsense", ["0", "-1", "", "many", "nan", "inf"])
def test_headers_that_say_nothing_change_nothing(nonsense: str) -> None:
    plain, told = Limiter(Limits(60, 6000), 0.0), Limiter(Limits(60, 6000), 0.0)
    bound = UsageBound("r", "elicit", 0, 100)
    for limiter in (plain, told):
        sent = limiter.charge(bound, limiter.earliest(bound, 0.0))
    headers = {
        f"x-ratelimit-{what}-{kind}": nonsense
        for what in ("limit", "remaining")
        for kind in ("requests", "tokens")
    }
    told.observe_headers(sent, headers, 0.1)
    assert told.earliest(bound, 0.2) == plain.earliest(bound, 0.2)


def test_less_remaining_than_thought_is_believed() -> None:
    """Somebody else uses the same account."""
    limiter, bound = Limiter(Limits(600, 60_000), 0.0), UsageBound("r", "elicit", 0, 100)
    sent = limiter.charge(bound, limiter.earliest(bound, 0.0))
    before = limiter.earliest(UsageBound("r", "elicit", 0, 5000), 0.5)
    limiter.observe_headers(sent, {"x-ratelimit-remaining-tokens": "1"}, 0.2)
    assert limiter.earliest(UsageBound("r", "elicit", 0, 5000), 0.5) > before


def _factors(limiter: Limiter) -> list[float]:
    return [limiter.requests.rate_factor, limiter.tokens.rate_factor]


def _send(limiter: Limiter, count: int, now: float) -> list[SentRequest]:
    return [limiter.charge(text_bound(), now) for _ in range(count)]


def _refuse(limiter: Limiter, requests: list[SentRequest], now: float) -> None:
    for request in requests:
        limiter.release(request)
        limiter.pause(None, now)


def _told(limiter: Limiter, now: float = 0.0, **headers: str) -> None:
    sent = limiter.charge(text_bound(), now)
    limiter.observe_headers(sent, {k.replace("_", "-"): v for k, v in headers.items()}, now)


def test_a_limit_per_day_replaces_no_limit_per_minute() -> None:
    limiter = Limiter(Limits(30, 6000), 0.0)
    _told(
        limiter, x_ratelimit_limit_requests="14400", x_ratelimit_remaining_requests="14399",
        x_ratelimit_reset_requests="6s", x_ratelimit_limit_tokens="500000",
        x_ratelimit_remaining_tokens="1", x_ratelimit_reset_tokens="23h",
    )  # fmt: skip
    assert (limiter.requests.per_minute, limiter.tokens.per_minute) == (30, 6000)
    assert limiter.tokens.earliest(1.0, 1.0) <= 1.5, "what is left of the day holds nothing back"


def test_a_limit_that_turns_out_to_be_per_day_is_taken_back_for_good() -> None:
    limiter = Limiter(Limits(30, None), 0.0)
    reset = {"x_ratelimit_limit_requests": "14400", "x_ratelimit_remaining_requests": "9000"}
    _told(limiter, **reset, x_ratelimit_reset_requests="50s")
    assert limiter.requests.per_minute == 14_400
    _told(limiter, **reset, x_ratelimit_reset_requests="5000s")
    assert limiter.requests.per_minute == 30
    _told(limiter, **reset, x_ratelimit_reset_requests="50s")
    _told(limiter, **reset)
    assert limiter.requests.per_minute == 30
    _told(limiter, x_ratelimit_limit_requests_minute="60")
    assert limiter.requests.per_minute == 60, "its name says so"


def test_the_lowest_of_several_limits_counts() -> None:
    limiter = Limiter(Limits(30, None), 0.0)
    _told(limiter, ratelimit_policy='"a";q=10;w=1,"b";q=300;w=60,"c";q=5;w=86400')
    assert limiter.requests.per_minute == 300


def test_a_limit_that_the_provider_tells_makes_refusals_by_another_one_void() -> None:
    limiter = Limiter(Limits(60, 6000), 0.0)
    _refuse(limiter, _send(limiter, 40, 0.0)[:10], 1.0)
    assert _factors(limiter) < [1.0, 1.0]
    _told(limiter, 1.0, x_ratelimit_limit_requests="30")
    assert _factors(limiter) == [1.0, 1.0]


def test_headers_allow_for_the_share_of_requests_in_flight_that_is_really_used() -> None:
    limiter = Limiter(Limits(None, 6000, "actual"), 0.0)
    limiter.settle(limiter.charge(text_bound(0, 0), 0.0), TokenUsage(0, 0))
    settled = limiter.charge(text_bound(0, 100), 0.0)
    for _ in range(2):
        limiter.settle(settled, TokenUsage(0, 50))
    first = limiter.charge(text_bound(0, 100), 0.0)
    limiter.charge(text_bound(0, 200), 0.0)
    limiter.observe_headers(first, {"x-ratelimit-remaining-tokens": "1000"}, 0.0)
    share = 1 - 0.5 / 50
    missing = 2000 - (1000 - share * 200)
    assert limiter.tokens.earliest(0.0, 2000) == pytest.approx(missing / 99)


def test_requests_in_flight_count_in_full_whatever_share_of_tokens_is_used() -> None:
    limiter = Limiter(Limits(6000, None, "actual"), 0.0)
    for _ in range(50):
        limiter.settle(limiter.charge(text_bound(0, 100), 0.0), TokenUsage(0, 1))
    first = limiter.charge(text_bound(), 0.0)
    for _ in range(100):
        limiter.charge(text_bound(), 0.0)
    limiter.observe_headers(first, {"x-ratelimit-remaining-requests": "1000"}, 0.0)
    assert limiter.requests.earliest(0.0, 2000) == pytest.approx((2000 - 900) / 99)


def test_a_limit_told_again_takes_no_refund_away() -> None:
    limiter = Limiter(Limits(None, 6000), 0.0)
    sent = limiter.charge(text_bound(0, 20), 0.0)
    limiter.tokens.charge(1.0, 0)
    limiter.refund(sent)
    limiter.observe_headers(sent, {"x-ratelimit-limit-tokens": "6000"}, 1.0)
    limiter.tokens.charge(1.0, 24.75)
    assert limiter.tokens.earliest(1.0, 9) == 1.0
