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
    assert sum(1 for at, _ in ran.sent if at < 1.0) <= 6


def test_a_silent_provider_with_lower_limits_is_found_out_by_its_refusals() -> None:
    ran = run(Limits(10_000, 200_000), Provider(10_000, 100_000, sends_headers=False), minutes=10)
    assert ran.refused < len(ran.sent) / 33
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


def _bound(input_tokens: int = 0, output_tokens: int = 100, characters: int = 0) -> UsageBound:
    return UsageBound("r", "elicit", input_tokens, output_tokens, characters)


def _charged(limiter: Limiter, bound: UsageBound) -> float:
    return limiter.charge(bound, 0.0).tokens.amount


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


def _answer(limiter: Limiter, at: float) -> None:
    limiter.settle(limiter.charge(_bound(), at), TokenUsage(10, 10))


def test_a_guessed_limit_doubles_once_a_second_while_requests_are_answered() -> None:
    limiter = Limiter(Limits(), 0.0)
    _answer(limiter, 0.0)
    seen = []
    for now in (0.9, 1.0, 2.0, 2.1, 3.0, 3.2):
        limiter.earliest(_bound(), now)
        seen.append(limiter.requests.per_minute)
        if now in (2.0, 2.1):
            _answer(limiter, now)
    assert seen == [300, 600, 600, 1200, 1200, 2400]


def test_a_guessed_limit_waits_for_answers_at_its_rate() -> None:
    limiter = Limiter(Limits(), 0.0)
    early, late = limiter.charge(_bound(), 0.0), limiter.charge(_bound(), 0.5)
    limiter.settle(early, TokenUsage(10, 10))
    limiter.earliest(_bound(), 1.0)
    limiter.settle(late, TokenUsage(10, 10))  # sent before the rate was doubled
    limiter.earliest(_bound(), 30.0)
    assert limiter.requests.per_minute == 600


def test_a_known_limit_is_not_doubled() -> None:
    limiter = Limiter(Limits(60), 0.0)
    limiter.earliest(_bound(), 100.0)
    assert limiter.requests.per_minute == 60


@pytest.mark.parametrize(("kind", "expected"), [("requests", 500), ("tokens", 600)])
def test_a_guess_ends_when_headers_tell_the_limit_on_requests(kind: str, expected: float) -> None:
    limiter = Limiter(Limits(), 0.0)
    sent = limiter.charge(_bound(), 0.0)
    limiter.observe_headers(sent, {f"x-ratelimit-limit-{kind}": "500"}, 0.0)
    limiter.settle(sent, TokenUsage(10, 10))
    limiter.earliest(_bound(), 5.0)
    assert limiter.requests.per_minute == expected


def test_a_guess_that_doubled_is_halved_from_there() -> None:
    limiter = Limiter(Limits(), 0.0)
    _answer(limiter, 0.0)
    limiter.earliest(_bound(), 5.0)
    limiter.pause(None, 6.0)
    assert limiter.requests.per_minute == 300


def test_a_guess_is_halved_by_a_refusal_and_kept() -> None:
    limiter = Limiter(Limits(), 0.0)
    limiter.pause(None, 1.0)
    assert limiter.requests.per_minute == 150
    limiter.earliest(_bound(), 100.0)
    assert limiter.requests.per_minute == 150


def test_requests_go_in_the_order_in_which_their_times_were_told() -> None:
    limiter = Limiter(Limits(60_000, None), 0.0)
    assert limiter.charge(_bound(), 5.0).at == 5.0
    assert limiter.earliest(_bound(), 1.0) == 5.0
    assert limiter.charge(_bound(), 3.0).at == 5.0


def test_the_longer_wait_of_requests_and_tokens_counts() -> None:
    for limits, length in ((Limits(60, 1e9), 1 / 0.99), (Limits(1e9, 6000), 100 / 99)):
        limiter = Limiter(limits, 0.0)
        limiter.charge(_bound(), limiter.earliest(_bound(), 0.0))
        assert limiter.earliest(_bound(), 0.0) == pytest.approx(length, abs=0.02)


def test_a_refusal_without_a_time_pauses_for_a_second_and_the_longest_pause_counts() -> None:
    limiter = Limiter(Limits(6000, 6_000_000), 0.0)
    limiter.pause(None, 1.0)
    assert limiter.earliest(_bound(), 1.0) == 2.0
    limiter.pause(20.0, 1.5)
    limiter.pause(0.0, 1.6)
    assert limiter.earliest(_bound(), 2.0) == 21.5


def _factors(limiter: Limiter) -> list[float]:
    return [limiter.requests.rate_factor, limiter.tokens.rate_factor]


def _send(limiter: Limiter, count: int, now: float) -> list[SentRequest]:
    return [limiter.charge(_bound(), now) for _ in range(count)]


def _refuse(limiter: Limiter, requests: list[SentRequest], now: float) -> None:
    for request in requests:
        limiter.release(request)
        limiter.pause(None, now)


def test_a_refusal_among_many_answers_pauses_nothing_and_shortens_the_windows() -> None:
    limiter = Limiter(Limits(6_000_000, 1e12), 0.0)
    _refuse(limiter, _send(limiter, 40, 0.0)[:2], 1.0)
    assert limiter.earliest(_bound(), 1.0) < 1.1
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
    assert limiter.earliest(_bound(), 1.0) >= 2.0


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
    assert limiter.earliest(_bound(), 0.5) == 1.5
    [probe] = _send(limiter, 1, 1.5)
    assert limiter.earliest(_bound(), 1.5) == 3.5, "it is accepted if it is not refused by then"
    _refuse(limiter, [probe], 1.6)
    assert limiter.earliest(_bound(), 1.6) == 3.6, "twice as long"
    [probe] = _send(limiter, 1, 3.6)
    limiter.settle(probe, TokenUsage(0, 1))
    assert limiter.earliest(_bound(), 3.7) == 3.7
    assert limiter.charge(_bound(), 3.7).at == limiter.charge(_bound(), 3.7).at
    assert _factors(limiter) == [1.0, 1.0]


def test_an_answer_to_a_request_before_the_refusals_ends_no_pause() -> None:
    limiter = Limiter(Limits(6_000_000, None), 0.0)
    early, late = _send(limiter, 2, 0.0)
    limiter.release(early)
    _refuse(limiter, [late], 0.5)
    [probe] = _send(limiter, 1, 1.5)
    limiter.settle(early, TokenUsage(0, 1))
    assert limiter.earliest(_bound(), 1.6) == 3.5
    limiter.release(probe)
    assert limiter.earliest(_bound(), 1.6) == 3.5, "whatever became of it was no answer"
    assert limiter.earliest(_bound(), 3.5) == 3.5


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
def test_a_silent_limit_of_half_the_configured_is_found_within_seconds() -> None:
    provider = Provider(1500, 5e7, sends_headers=False, holds_s=1.0)
    ran = run(Limits(3000, 5e7), provider, minutes=1.5)
    assert sum(1 for at, _ in ran.sent if 10 <= at < 20) >= 0.85 * 250
    assert ran.refused <= len(ran.sent) / 20


@pytest.mark.slow
def test_a_fixed_minute_of_half_the_limit_is_neither_hammered_nor_wasted() -> None:
    provider = Provider(1500, 5e7, sends_headers=False, window_s=60.0)
    ran = run(Limits(3000, 5e7), provider, minutes=3)
    assert ran.requests >= 0.8 * 1500
    assert ran.refused <= len(ran.sent) / 10


@pytest.mark.slow
def test_an_unknown_limit_rises_again_after_a_refusal_by_chance() -> None:
    provider = Provider(3000, 5e7, sends_headers=False, by_chance=0.01)
    ran = run(Limits(), provider, minutes=3)
    assert ran.requests >= 0.85 * 3000


def _told(limiter: Limiter, now: float = 0.0, **headers: str) -> None:
    sent = limiter.charge(_bound(), now)
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


@pytest.mark.parametrize(
    ("bound", "tokens"),
    [
        (_bound(100, 600, 4000), 1000),
        (_bound(100, 1600, 4000), 1600),
        (_bound(4000, 600), 1000),
    ],
)
def test_providers_that_take_the_larger_one_charge_max_tokens_or_a_quarter_of_the_characters(
    bound: UsageBound, tokens: float
) -> None:
    limiter = Limiter(Limits(None, 1e9, "max"), 0.0)
    sent = limiter.charge(bound, 0.0)
    assert sent.tokens.amount == tokens
    limiter.settle(sent, TokenUsage(1, 1))
    assert sent.tokens.amount == tokens, "what the answer was does not matter"


def test_before_any_answer_text_is_charged_by_half_its_bytes_and_exact_counts_in_full() -> None:
    limiter = Limiter(Limits(None, 1e9), 0.0)
    assert _charged(limiter, _bound(1000, 100, 900)) == 600
    assert _charged(limiter, _bound(1000, 100)) == 1100


def _answered(limiter: Limiter, share: float, times: int) -> None:
    for _ in range(times):
        limiter.settle(limiter.charge(_bound(1000), 0.0), TokenUsage(int(1000 * share), 1))


def test_after_8_answers_input_is_charged_by_their_mean_share_and_its_deviation() -> None:
    limiter = Limiter(Limits(None, 1e9), 0.0)
    _answered(limiter, 0.25, 7)
    assert _charged(limiter, _bound(1000)) == 1100
    _answered(limiter, 0.25, 1)
    assert _charged(limiter, _bound(1000)) == pytest.approx(250 + 1000 * 0.25 / 8 + 100)
    _answered(limiter, 0.25, 192)
    deviation = 0.25 / 50 * 0.98**150
    assert _charged(limiter, _bound(1000)) == pytest.approx(250 + 1000 * deviation + 100)
    _answered(limiter, 0.75, 1)
    deviation += 0.02 * (0.5 - deviation)
    assert _charged(limiter, _bound(1000)) == pytest.approx(260 + 1000 * deviation + 100)
    _answered(limiter, 3.0, 100)
    assert _charged(limiter, _bound(1000)) == 1100, "never more than the bound"


def test_answers_to_requests_without_input_teach_nothing() -> None:
    limiter = Limiter(Limits(None, 1e9), 0.0)
    for _ in range(20):
        limiter.settle(limiter.charge(_bound(0), 0.0), TokenUsage(0, 1))
    assert _charged(limiter, _bound(1000, 100, 900)) == 600


@pytest.mark.parametrize(("charge", "tokens"), [("sum", 140), ("actual", 47)])
def test_an_answer_corrects_the_charge_as_the_provider_does(charge: str, tokens: float) -> None:
    limiter = Limiter(Limits(None, 1e9, charge), 0.0)  # type: ignore[arg-type]
    sent = limiter.charge(_bound(50), 0.0)
    limiter.settle(sent, TokenUsage(40, 7))
    assert sent.tokens.amount == tokens


def test_headers_allow_for_the_share_of_requests_in_flight_that_is_really_used() -> None:
    limiter = Limiter(Limits(None, 6000, "actual"), 0.0)
    limiter.settle(limiter.charge(_bound(0, 0), 0.0), TokenUsage(0, 0))
    settled = limiter.charge(_bound(0, 100), 0.0)
    for _ in range(2):
        limiter.settle(settled, TokenUsage(0, 50))
    first = limiter.charge(_bound(0, 100), 0.0)
    limiter.charge(_bound(0, 200), 0.0)
    limiter.observe_headers(first, {"x-ratelimit-remaining-tokens": "1000"}, 0.0)
    share = 1 - 0.5 / 50
    missing = 2000 - (1000 - share * 200)
    assert limiter.tokens.earliest(0.0, 2000) == pytest.approx(missing / 99)


def test_requests_in_flight_count_in_full_whatever_share_of_tokens_is_used() -> None:
    limiter = Limiter(Limits(6000, None, "actual"), 0.0)
    for _ in range(50):
        limiter.settle(limiter.charge(_bound(0, 100), 0.0), TokenUsage(0, 1))
    first = limiter.charge(_bound(), 0.0)
    for _ in range(100):
        limiter.charge(_bound(), 0.0)
    limiter.observe_headers(first, {"x-ratelimit-remaining-requests": "1000"}, 0.0)
    assert limiter.requests.earliest(0.0, 2000) == pytest.approx((2000 - 900) / 99)


def test_a_limit_told_again_takes_no_refund_away() -> None:
    limiter = Limiter(Limits(None, 6000), 0.0)
    sent = limiter.charge(_bound(0, 20), 0.0)
    limiter.tokens.charge(1.0, 0)
    limiter.refund(sent)
    limiter.observe_headers(sent, {"x-ratelimit-limit-tokens": "6000"}, 1.0)
    limiter.tokens.charge(1.0, 24.75)
    assert limiter.tokens.earliest(1.0, 9) == 1.0


def test_only_so_many_requests_are_in_flight_as_an_overloaded_provider_bears() -> None:
    limiter = Limiter(Limits(1e9, None), 0.0)
    sent = [limiter.charge(_bound(), 0.0) for _ in range(100)]
    limiter.reduce_concurrency(1.0)
    for request in sent[:30]:
        limiter.release(request)
        limiter.release(request)
    limiter.reduce_concurrency(1.9)  # the same overload
    assert limiter.in_flight == 70
    assert limiter.earliest(_bound(), 2.0) == float("inf")
    limiter.release(sent[30])
    assert limiter.earliest(_bound(), 2.0) == 2.0
    limiter.reduce_concurrency(2.0)
    for request in sent[31:51]:
        limiter.release(request)
    assert limiter.in_flight == 49
    assert limiter.earliest(_bound(), 2.0) == float("inf"), "69 were in flight, 48 are allowed"
    limiter.release(sent[51])
    assert limiter.earliest(_bound(), 2.0) == 2.0


def test_every_10_answers_allow_one_more_request_in_flight() -> None:
    limiter = Limiter(Limits(1e9, None), 0.0)
    sent = [limiter.charge(_bound(), 0.0) for _ in range(20)]
    limiter.reduce_concurrency(0.0)
    for request in sent[:9]:
        limiter.settle(request, TokenUsage(0, 1))
    spare = 14 - limiter.in_flight
    for _ in range(spare):
        limiter.charge(_bound(), 0.0)
    assert limiter.earliest(_bound(), 0.0) == 0.0, "14 and .9"
    limiter.charge(_bound(), 0.0)
    assert limiter.earliest(_bound(), 0.0) == float("inf")
    limiter.settle(sent[9], TokenUsage(0, 1))
    limiter.settle(sent[9], TokenUsage(0, 1))  # the second time it is not in flight any more
    limiter.charge(_bound(), 0.0)
    assert limiter.earliest(_bound(), 0.0) == float("inf")


def test_an_overloaded_provider_gets_at_least_one_request_at_a_time() -> None:
    limiter = Limiter(Limits(1e9, None), 0.0)
    limiter.reduce_concurrency(0.0)
    assert limiter.earliest(_bound(), 0.0) == 0.0
    limiter.charge(_bound(), 0.0)
    assert limiter.earliest(_bound(), 0.0) == float("inf")


def test_requests_of_other_processes_use_the_limits_and_are_not_in_flight_here() -> None:
    limiter = Limiter(Limits(60, 6000), 0.0)
    sent = limiter.charge_external(_bound(), 3.0, 40.0)
    assert (sent.at, sent.tokens.amount, sent.requests.amount) == (3.0, 40.0, 1.0)
    limiter.release(sent)
    assert limiter.in_flight == 0
    assert limiter.earliest(_bound(), 3.0) > 3.0


def test_a_refund_frees_tokens_and_requests_and_the_place_in_flight() -> None:
    limiter = Limiter(Limits(60, 60), 0.0)
    sent = limiter.charge(_bound(), 0.0)
    limiter.refund(sent)
    assert (sent.requests.amount, sent.tokens.amount, limiter.in_flight) == (0.0, 0.0, 0)
