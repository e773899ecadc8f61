"""An overloaded provider gets fewer requests in flight."""

from __future__ import annotations

from culture_ray.spending.account import TokenUsage, UsageBound
from culture_ray.spending.limiter import Limiter
from culture_ray.spending.limits import Limits
from tests.spending.builders import text_bound


def test_an_overloaded_provider_gets_fewer_requests_at_once_and_more_again_later() -> None:
    limiter, bound = Limiter(Limits(60_000, 6_000_000), 0.0), UsageBound("r", "elicit", 10, 10)
    sent = [limiter.charge(bound, limiter.earliest(bound, 10.0)) for _ in range(100)]
    limiter.reduce_concurrency(12.0)
    for request in sent[:30]:
        limiter.release(request)
    assert limiter.earliest(bound, 13.0) == float("inf")
    limiter.settle(sent[30], TokenUsage(10, 10))
    assert limiter.earliest(bound, 13.0) < float("inf")


def test_only_so_many_requests_are_in_flight_as_an_overloaded_provider_bears() -> None:
    limiter = Limiter(Limits(1e9, None), 0.0)
    sent = [limiter.charge(text_bound(), 0.0) for _ in range(100)]
    limiter.reduce_concurrency(1.0)
    for request in sent[:30]:
        limiter.release(request)
        limiter.release(request)
    limiter.reduce_concurrency(1.9)  # the same overload
    assert limiter.in_flight == 70
    assert limiter.earliest(text_bound(), 2.0) == float("inf")
    limiter.release(sent[30])
    assert limiter.earliest(text_bound(), 2.0) == 2.0
    limiter.reduce_concurrency(2.0)
    for request in sent[31:51]:
        limiter.release(request)
    assert limiter.in_flight == 49
    assert limiter.earliest(text_bound(), 2.0) == float("inf"), "69 were in flight, 48 are allowed"
    limiter.release(sent[51])
    assert limiter.earliest(text_bound(), 2.0) == 2.0


def test_every_10_answers_allow_one_more_request_in_flight() -> None:
    limiter = Limiter(Limits(1e9, None), 0.0)
    sent = [limiter.charge(text_bound(), 0.0) for _ in range(20)]
    limiter.reduce_concurrency(0.0)
    for request in sent[:9]:
        limiter.settle(request, TokenUsage(0, 1))
    spare = 14 - limiter.in_flight
    for _ in range(spare):
        limiter.charge(text_bound(), 0.0)
    assert limiter.earliest(text_bound(), 0.0) == 0.0, "14 and .9"
    limiter.charge(text_bound(), 0.0)
    assert limiter.earliest(text_bound(), 0.0) == float("inf")
    limiter.settle(sent[9], TokenUsage(0, 1))
    limiter.settle(sent[9], TokenUsage(0, 1))  # the second time it is not in flight any more
    limiter.charge(text_bound(), 0.0)
    assert limiter.earliest(text_bound(), 0.0) == float("inf")


def test_an_overloaded_provider_gets_at_least_one_request_at_a_time() -> None:
    limiter = Limiter(Limits(1e9, None), 0.0)
    limiter.reduce_concurrency(0.0)
    assert limiter.earliest(text_bound(), 0.0) == 0.0
    limiter.charge(text_bound(), 0.0)
    assert limiter.earliest(text_bound(), 0.0) == float("inf")
