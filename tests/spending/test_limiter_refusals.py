"""Refusals slow a limiter down as far as they show a limit."""

from __future__ import annotations

import pytest

from culture_ray.spending.account import TokenUsage, UsageBound
from culture_ray.spending.limiter import Limiter, SentRequest
from culture_ray.spending.limits import Limits
from tests.spending.builders import text_bound
from tests.spending.provider_sim import Provider, run

ENOUGH = 0.97


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


def test_a_silent_provider_with_lower_limits_is_found_out_by_its_refusals() -> None:
    ran = run(Limits(10_000, 200_000), Provider(10_000, 100_000, sends_headers=False), minutes=10)
    assert ran.refused < len(ran.sent) / 50
    assert 0.9 <= ran.tokens / 100_000 <= 1.0


def test_retry_after_is_obeyed() -> None:
    limiter, bound = Limiter(Limits(6000, 6_000_000), 0.0), UsageBound("r", "elicit", 0, 100)
    limiter.pause(20.0, 1.0)
    assert limiter.earliest(bound, 2.0) == 21.0


def test_a_refusal_without_a_time_pauses_for_a_second_and_the_longest_pause_counts() -> None:
    limiter = Limiter(Limits(6000, 6_000_000), 0.0)
    limiter.pause(None, 1.0)
    assert limiter.earliest(text_bound(), 1.0) == 2.0
    limiter.pause(20.0, 1.5)
    limiter.pause(0.0, 1.6)
    assert limiter.earliest(text_bound(), 2.0) == 21.5


def _factors(limiter: Limiter) -> list[float]:
    return [limiter.requests.rate_factor, limiter.tokens.rate_factor]


def _send(limiter: Limiter, count: int, now: float) -> list[SentRequest]:
    return [limiter.charge(text_bound(), now) for _ in range(count)]


def _refuse(limiter: Limiter, requests: list[SentRequest], now: float) -> None:
    for request in requests:
        limiter.release(request)
        limiter.pause(None, now)


def test_a_refusal_among_many_answers_pauses_nothing_and_shortens_the_windows() -> None:
    limiter = Limiter(Limits(6_000_000, 1e12), 0.0)
    _refuse(limiter, _send(limiter, 40, 0.0)[:2], 1.0)
    assert limiter.earliest(text_bound(), 1.0) < 1.1
    assert _factors(limiter) == [1.0, 1.0]
    assert not limiter.requests.shorten_window(), "it is the shortest already"


def test_many_refusals_lower_both_rates_to_what_was_accepted_and_pause_a_second() -> None:
    limiter = Limiter(Limits(2400, 2400 * 100), 0.0)
    while limiter.requests.shorten_window() | limiter.tokens.shorten_window():
        pass
    _refuse(limiter, _send(limiter, 30, 0.0)[:2], 1.0)
    assert _factors(limiter) == [1.0, 1.0]
    _refuse(limiter, _send(limiter, 2, 1.0), 1.0)
    used = 32 / (0.99 * 40)
    assert _factors(limiter) == pytest.approx([0.98 * used * (1 - 4 / 32)] * 2)
    assert limiter.earliest(text_bound(), 1.0) >= 2.0


def test_refusals_of_requests_in_flight_at_the_first_one_count_once() -> None:
    limiter = Limiter(Limits(60, 6000), 0.0)
    requests = _send(limiter, 40, 0.0)
    _refuse(limiter, requests[:10], 1.0)
    factors = _factors(limiter)
    assert factors < [1.0, 1.0]
    _refuse(limiter, requests[10:20], 1.5)
    assert _factors(limiter) == factors


def test_nothing_in_flight_after_a_refusal_lets_requests_go_one_at_a_time() -> None:
    limiter = Limiter(Limits(6_000_000, None), 0.0)
    _refuse(limiter, _send(limiter, 3, 0.0), 0.5)
    assert limiter.earliest(text_bound(), 0.5) == 1.5
    [probe] = _send(limiter, 1, 1.5)
    assert limiter.earliest(text_bound(), 1.5) == 3.5, "it is accepted if it is not refused by then"
    _refuse(limiter, [probe], 1.6)
    assert limiter.earliest(text_bound(), 1.6) == 3.6, "twice as long"
    [probe] = _send(limiter, 1, 3.6)
    limiter.settle(probe, TokenUsage(0, 1))
    assert limiter.earliest(text_bound(), 3.7) == 3.7
    assert limiter.charge(text_bound(), 3.7).at == limiter.charge(text_bound(), 3.7).at
    assert _factors(limiter) == [1.0, 1.0]


def test_an_answer_to_a_request_before_the_refusals_ends_no_pause() -> None:
    limiter = Limiter(Limits(6_000_000, None), 0.0)
    early, late = _send(limiter, 2, 0.0)
    limiter.release(early)
    _refuse(limiter, [late], 0.5)
    [probe] = _send(limiter, 1, 1.5)
    limiter.settle(early, TokenUsage(0, 1))
    assert limiter.earliest(text_bound(), 1.6) == 3.5
    limiter.release(probe)
    assert limiter.earliest(text_bound(), 1.6) == 3.5, "whatever became of it was no answer"
    assert limiter.earliest(text_bound(), 3.5) == 3.5


def test_a_retry_after_of_0_does_not_hammer_a_provider_that_refuses_everything() -> None:
    provider = Provider(6000, 1e9, sends_headers=False, by_chance=1.0, retry_after_s=0.0)
    run(Limits(6000, 1e9), provider, minutes=10 / 60)
    assert provider.refused <= 60, "some 25 of them before the first refusal is known"


@pytest.mark.slow
@pytest.mark.parametrize("retry_after_s", [None, 0.0, 20.0])
def test_refusals_by_chance_cost_the_refused_requests_and_nothing_else(
    retry_after_s: float | None,
) -> None:
    provider = Provider(1e6, 1e9, sends_headers=False, by_chance=0.01, retry_after_s=retry_after_s)
    ran = run(Limits(3000, 5e7), provider, minutes=2)
    assert ran.requests >= 0.95 * 3000


@pytest.mark.slow
@pytest.mark.parametrize("chance", [0.05, 0.2])
def test_more_refusals_by_chance_do_not_lower_the_rate_for_long(chance: float) -> None:
    provider = Provider(1e6, 1e9, sends_headers=False, by_chance=chance)
    ran = run(Limits(3000, 5e7), provider, minutes=2)
    assert ran.requests >= 0.9 * (1 - chance) * 3000


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2, 3, 11])
@pytest.mark.parametrize("chance", [0.03, 0.05, 0.1, 0.2])
def test_refusals_by_chance_do_not_lower_the_rate_step_by_step(chance: float, seed: int) -> None:
    """Show that a rate found by luck is no limit: lucky trials must not add up to a standstill."""
    provider = Provider(1e6, 1e9, sends_headers=False, by_chance=chance, chance_seed=seed)
    ran = run(Limits(3000, 5e7), provider, minutes=2, seed=seed)
    assert ran.requests >= 0.7 * (1 - chance) * 3000


@pytest.mark.slow
@pytest.mark.parametrize("seed", [105, 108, 110, 131])
def test_a_rate_is_not_kept_low_by_pauses_that_chance_began(seed: int) -> None:
    """Show it where nearly a third is refused, and several refusals in a row are no rarity."""
    provider = Provider(1e6, 5e7, sends_headers=False, by_chance=0.3, chance_seed=seed)
    ran = run(Limits(3000, 5e7), provider, minutes=2, seed=seed)
    assert ran.requests >= 0.6 * 0.7 * 3000


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_silent_limit_of_half_the_configured_is_found_within_seconds(seed: int) -> None:
    provider = Provider(1500, 5e7, sends_headers=False, holds_s=1.0)
    ran = run(Limits(3000, 5e7), provider, minutes=1.5, seed=seed)
    assert sum(1 for at, _ in ran.sent if 10 <= at < 20) >= 0.8 * 250
    assert ran.refused <= len(ran.sent) / 100


@pytest.mark.slow
def test_a_fixed_minute_of_half_the_limit_is_neither_hammered_nor_wasted() -> None:
    provider = Provider(1500, 5e7, sends_headers=False, window_s=60.0)
    ran = run(Limits(3000, 5e7), provider, minutes=3)
    assert ran.requests >= 0.8 * 1500
    assert ran.refused <= len(ran.sent) / 10
