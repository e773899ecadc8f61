from __future__ import annotations

from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from culture_ray.spending.account import TokenUsage, UsageBound
from culture_ray.spending.limiter import Limiter, Limits, SentRequest
from tests.spending.provider_sim import Provider, run

ENOUGH = 0.97


def _paced(limits: Limits, steps: list[tuple[float, int, str]]) -> list[tuple[float, float]]:
    """Send requests of the given sizes after the given pauses; return (time, tokens) of each."""
    limiter, now, sent = Limiter(limits, 0.0), 0.0, []
    in_flight: list[SentRequest] = []
    for pause, tokens, then in steps:
        now += pause
        bound = UsageBound("r", "elicit", 0, tokens)
        at = limiter.earliest(bound, now)
        in_flight.append(limiter.charge(bound, at))
        sent.append((at, float(tokens)))
        if then == "settle":
            limiter.settle(in_flight.pop(0), TokenUsage(0, tokens // 2))
        elif then == "end":
            limiter.release(in_flight.pop(0))
        elif then == "headers":
            limiter.observe_headers(
                in_flight[-1], {"x-ratelimit-remaining-tokens": str(tokens)}, now
            )
        elif then == "wait":
            now = max(now, at)
    return sent


def _most_in_a_window(sent: list[tuple[float, float]], length: float) -> float:
    ends = [0.0, *accumulate(amount for _, amount in sent)]
    most, first = 0.0, 0
    for last, (at, _) in enumerate(sent):
        while sent[first][0] < at - length:
            first += 1
        most = max(most, ends[last + 1] - ends[first])
    return most


@settings(deadline=None)
@given(
    per_minute=st.integers(1, 20_000),
    window=st.sampled_from([1.0, 10.0, 60.0]),
    steps=st.lists(
        st.tuples(
            st.floats(0, 30) | st.just(0.0),
            st.integers(0, 900),
            st.sampled_from(["settle", "end", "headers", "wait", "nothing"]),
        ),
        max_size=60,
    ),
)
def test_no_window_ever_holds_more_than_the_limit(
    per_minute: int, window: float, steps: list[tuple[float, int, str]]
) -> None:
    limits = Limits(per_minute, 10 * per_minute, window_seconds=window)
    sent = _paced(limits, steps)
    largest = max((tokens for _, tokens in sent), default=0.0)
    allowed = max(largest, 10 * per_minute * window / 60)
    assert _most_in_a_window(sent, window) <= allowed * (1 + 1e-9)
    requests = [(at, 1.0) for at, _ in sent]
    assert _most_in_a_window(requests, window) <= max(1.0, per_minute * window / 60) * (1 + 1e-9)
    assert sent == sorted(sent, key=lambda pair: pair[0])


@given(
    per_minute=st.integers(600, 100_000),
    asked=st.lists(st.integers(1, 200_000), min_size=1, max_size=30),
)
def test_a_large_request_waits_its_time_and_never_longer(per_minute: int, asked: list[int]) -> None:
    """First come first served: nothing that came later goes before, or lengthens the wait."""
    limits = Limits(None, per_minute, window_seconds=1e-9)
    limiter = Limiter(limits, 0.0)
    spent = 0.0
    for tokens in asked:
        bound = UsageBound("r", "elicit", 0, tokens)
        at = limiter.earliest(bound, 0.0)
        assert at <= (spent + tokens) / (0.99 * per_minute / 60) + 1e-6
        limiter.charge(bound, at)
        spent += tokens


@pytest.mark.parametrize("charge", ["sum", "max", "actual"])
@pytest.mark.parametrize("sends_headers", [True, False])
@pytest.mark.parametrize("bound", ["requests", "tokens"])
def test_nearly_all_of_a_limit_is_used_and_nothing_refused(
    charge: str, sends_headers: bool, bound: str
) -> None:
    requests, tokens = (10_000, 200_000) if bound == "tokens" else (500, 2_000_000)
    limits = Limits(requests, tokens, charge)  # type: ignore[arg-type]
    ran = run(limits, Provider(requests, tokens, charge, sends_headers=sends_headers))
    used = ran.tokens / tokens if bound == "tokens" else ran.requests / requests
    assert ran.refused == 0
    assert used >= ENOUGH


@pytest.mark.slow
@pytest.mark.parametrize("window", [1.0, 60.0])
@pytest.mark.parametrize(("requests", "tokens"), [(3000, 5_000_000), (30_000, 3_000_000)])
def test_a_provider_that_counts_in_fixed_windows_refuses_nothing(
    window: float, requests: int, tokens: int
) -> None:
    limits = Limits(requests, tokens, window_seconds=window)
    ran = run(limits, Provider(requests, tokens, window_s=window), minutes=2.5)
    assert ran.refused == 0
    assert max(ran.tokens / tokens, ran.requests / requests) >= ENOUGH


@pytest.mark.slow
@pytest.mark.parametrize(("requests", "tokens"), [(3000, 5_000_000), (30_000, 3_000_000)])
def test_windows_that_nobody_announced_are_learned_within_30_s(requests: int, tokens: int) -> None:
    ran = run(Limits(requests, tokens), Provider(requests, tokens, window_s=1.0), minutes=2.5)
    assert ran.refused_late == 0
    assert max(ran.tokens / tokens, ran.requests / requests) >= ENOUGH


@pytest.mark.parametrize("real", [0.2, 0.5, 2.0, 5.0])
def test_other_limits_in_the_headers_are_followed_within_30_s(real: float) -> None:
    provider = Provider(10_000 * real, 200_000 * real)
    ran = run(Limits(10_000, 200_000), provider, minutes=3)
    assert ran.refused_late == 0
    assert ran.tokens / (200_000 * real) >= ENOUGH


def test_limits_that_nobody_told_are_learned_from_headers_after_a_careful_start() -> None:
    ran = run(Limits(), Provider(500, 200_000))
    assert ran.refused == 0
    assert ran.tokens / 200_000 >= ENOUGH
    assert sum(1 for at, _ in ran.sent if at < 1.0) <= 2


def test_a_silent_provider_with_lower_limits_is_found_out_by_its_refusals() -> None:
    ran = run(Limits(10_000, 200_000), Provider(10_000, 100_000, sends_headers=False), minutes=10)
    assert ran.refused < len(ran.sent) / 50
    assert 0.9 <= ran.tokens / 100_000 <= 1.0


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


def test_retry_after_is_obeyed() -> None:
    limiter, bound = Limiter(Limits(6000, 6_000_000), 0.0), UsageBound("r", "elicit", 0, 100)
    limiter.pause(20.0, 1.0)
    assert limiter.earliest(bound, 2.0) == 21.0


def test_an_overloaded_provider_gets_fewer_requests_at_once_and_more_again_later() -> None:
    limiter, bound = Limiter(Limits(60_000, 6_000_000), 0.0), UsageBound("r", "elicit", 10, 10)
    sent = [limiter.charge(bound, limiter.earliest(bound, 10.0)) for _ in range(100)]
    limiter.reduce_concurrency(12.0)
    for request in sent[:30]:
        limiter.release(request)
    assert limiter.earliest(bound, 13.0) == float("inf")
    limiter.settle(sent[30], TokenUsage(10, 10))
    assert limiter.earliest(bound, 13.0) < float("inf")


def test_a_request_that_never_left_takes_nothing_of_the_limit() -> None:
    limiter, bound = Limiter(Limits(60, 6000), 0.0), UsageBound("r", "elicit", 0, 100)
    for _ in range(50):
        limiter.refund(limiter.charge(bound, limiter.earliest(bound, 1.0)))
    assert limiter.earliest(bound, 1.0) <= 1.0 + 1e-6
