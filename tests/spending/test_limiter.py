"""A limiter uses nearly all of its limits, and never more."""

from __future__ import annotations

from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from culture_ray.spending.account import TokenUsage, UsageBound
from culture_ray.spending.limiter import Limiter, SentRequest
from culture_ray.spending.limits import Limits
from tests.spending.builders import text_bound


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


def test_a_request_that_never_left_takes_nothing_of_the_limit() -> None:
    limiter, bound = Limiter(Limits(60, 6000), 0.0), UsageBound("r", "elicit", 0, 100)
    for _ in range(50):
        limiter.refund(limiter.charge(bound, limiter.earliest(bound, 1.0)))
    assert limiter.earliest(bound, 1.0) <= 1.0 + 1e-6


@pytest.mark.parametrize(
    ("charge", "window", "of_requests", "of_tokens"),
    [("sum", None, 60.1, 60.1), ("actual", None, 60.1, 0.0), ("actual", 10.0, 10.1, 10.1),
     ("sum", 1.0, 1.01, 1.01)],
)  # fmt: skip
def test_windows_are_a_minute_unless_the_settings_say_otherwise(
    charge: str, window: float | None, of_requests: float, of_tokens: float
) -> None:
    limits = Limits(600, 600, charge, window)  # type: ignore[arg-type]
    limiter = Limiter(limits, 0.0)
    for bucket, length in ((limiter.requests, of_requests), (limiter.tokens, of_tokens)):
        bucket.rate_factor = 1000.0
        bucket.charge(0.0, 600 * (window or 60) / 60)
        assert bucket.earliest(0.0, 0.1) == pytest.approx(length, abs=0.01)


def test_requests_go_in_the_order_in_which_their_times_were_told() -> None:
    limiter = Limiter(Limits(60_000, None), 0.0)
    assert limiter.charge(text_bound(), 5.0).at == 5.0
    assert limiter.earliest(text_bound(), 1.0) == 5.0
    assert limiter.charge(text_bound(), 3.0).at == 5.0


def test_the_longer_wait_of_requests_and_tokens_counts() -> None:
    for limits, length in ((Limits(60, 1e9), 1 / 0.99), (Limits(1e9, 6000), 100 / 99)):
        limiter = Limiter(limits, 0.0)
        limiter.charge(text_bound(), limiter.earliest(text_bound(), 0.0))
        assert limiter.earliest(text_bound(), 0.0) == pytest.approx(length, abs=0.02)


def test_requests_of_other_processes_use_the_limits_and_are_not_in_flight_here() -> None:
    limiter = Limiter(Limits(60, 6000), 0.0)
    sent = limiter.charge_external(text_bound(), 3.0, 40.0)
    assert (sent.at, sent.tokens.amount, sent.requests.amount) == (3.0, 40.0, 1.0)
    limiter.release(sent)
    assert limiter.in_flight == 0
    assert limiter.earliest(text_bound(), 3.0) > 3.0


def test_a_refund_frees_tokens_and_requests_and_the_place_in_flight() -> None:
    limiter = Limiter(Limits(60, 60), 0.0)
    sent = limiter.charge(text_bound(), 0.0)
    limiter.refund(sent)
    assert (sent.requests.amount, sent.tokens.amount, limiter.in_flight) == (0.0, 0.0, 0)
