from __future__ import annotations

import math

import pytest

from culture_ray.spending.account import TokenUsage
from culture_ray.spending.governing.attempts import DEAD_AFTER_S, AttemptTracker
from culture_ray.spending.limits import Limits
from culture_ray.spending.records import Record, Reserved, Settled, Unresolved, Voided
from tests.spending.builders import billing, usage_bound

BURST = 24.75
"""Tokens that 6000 a minute let through at once; 99 a second from then on."""


@pytest.fixture
def attempts() -> AttemptTracker:
    return AttemptTracker(billing("m", limits=Limits(None, 6000)), 0.0)


def _next(attempts: AttemptTracker, tokens: int = 24) -> float:
    return attempts.limiter("m").earliest(usage_bound(tokens), 0.0)


def test_an_attempt_is_charged_until_its_usage_is_known(attempts: AttemptTracker) -> None:
    assert attempts.start("t", "w", "m", usage_bound(24), 0.0) == 24
    assert list(attempts.in_flight) == ["t"]
    assert _next(attempts) == pytest.approx((24 - (BURST - 24)) / 99)
    assert attempts.settle("t", TokenUsage(0, 5)) == 24, "max_tokens count, whatever came"
    assert list(attempts.in_flight) == []
    assert attempts.settle("t", TokenUsage(0, 5)) == 0.0, "it is settled once"
    assert attempts.limiter("m").in_flight == 0


@pytest.mark.parametrize("sent", [True, False])
def test_an_attempt_without_usage_is_refunded_only_if_it_was_never_sent(
    attempts: AttemptTracker, sent: bool
) -> None:
    attempts.start("t", "w", "m", usage_bound(24), 0.0)
    attempts.end("t", sent=sent)
    assert (_next(attempts) == 0.0) is not sent
    assert list(attempts.in_flight) == []
    assert attempts.limiter("m").in_flight == 0
    attempts.end("t", sent=sent)
    assert attempts.limiter("m").in_flight == 0


def test_an_attempt_counts_as_sent_unless_told_otherwise(attempts: AttemptTracker) -> None:
    attempts.start("t", "w", "m", usage_bound(24), 0.0)
    attempts.end("t")
    assert _next(attempts) > 0.0


def test_headers_reach_the_limiter_of_an_attempt_in_flight(attempts: AttemptTracker) -> None:
    attempts.start("t", "w", "m", usage_bound(24), 0.0)
    attempts.observe_headers("unknown", {"x-ratelimit-limit-tokens": "60"}, 0.0)
    assert attempts.limiter("m").tokens.per_minute == 6000
    attempts.observe_headers("t", {"x-ratelimit-limit-tokens": "60"}, 0.0)
    assert attempts.limiter("m").tokens.per_minute == 60


def test_attempts_of_a_silent_worker_end_and_those_of_others_do_not(
    attempts: AttemptTracker,
) -> None:
    attempts.heartbeat("old", 0.0)
    attempts.heartbeat("new", 1.0)
    attempts.start("a", "old", "m", usage_bound(1), 0.0)
    attempts.start("b", "new", "m", usage_bound(1), 0.0)
    attempts.adopt("old", ["c", "d"])
    assert attempts.end_dead_workers(DEAD_AFTER_S) == set(), "silent for so long, not longer"
    assert attempts.end_dead_workers(DEAD_AFTER_S + 1) == {"old"}
    assert list(attempts.in_flight) == ["b"]
    assert attempts.limiter("m").in_flight == 1
    assert attempts.end_dead_workers(DEAD_AFTER_S + 1) == set(), "a worker dies once"


def _reserved(ticket: str, pool: str = "m") -> Reserved:
    return Reserved(ticket, "r", "elicit", "m", "standard", 0, 24, 24_000, pool, 24.0, 0.0)


def test_attempts_of_other_processes_use_the_limit_but_are_not_in_flight_here(
    attempts: AttemptTracker,
) -> None:
    attempts.apply(_reserved("x", pool="elsewhere"))
    assert _next(attempts) == 0.0
    attempts.apply(_reserved("t"))
    assert _next(attempts) == pytest.approx((24 - (BURST - 24)) / 99)
    assert list(attempts.in_flight) == []
    assert attempts.limiter("m").in_flight == 0


@pytest.mark.parametrize(
    ("end", "refunded"),
    [(Settled("t", 1, 0, 0, 1, 0, "standard", 0.0, 0.0), True),
     (Voided("t", "429", 0.0), False), (Unresolved("t", "timeout", 0.0), False)],
)  # fmt: skip
def test_a_settlement_by_another_process_corrects_its_charge_once(
    attempts: AttemptTracker, end: Record, refunded: bool
) -> None:
    attempts.apply(_reserved("t"))
    attempts.apply(end)
    assert (_next(attempts) == 0.0) is refunded
    attempts.apply(Settled("t", 1, 0, 0, 1, 0, "standard", 0.0, 0.0))
    assert (_next(attempts) == 0.0) is refunded, "what ended is not corrected any more"
    assert _next(attempts) < math.inf
