"""A model's requests wait while its provider answers none, and go on when it answers one."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.spending.breaker import (
    FAULT_SPAN_S,
    FAULTS_TO_OPEN,
    FIRST_PROBE_S,
    LONGEST_HEEDED_S,
    LONGEST_PROBE_S,
    PROBE_PATIENCE_S,
    PROBE_SHARE,
    REFUSAL_SPAN_S,
    CircuitBreaker,
    PassingFault,
)

DOWN, REFUSED = PassingFault("HTTP 503"), PassingFault("HTTP 429", refused=True)
HOURS = 6 * 3600.0
CHANCES = st.floats(0, 1)


def fresh(chance: float = 1.0, give_up_after_s: float = HOURS) -> CircuitBreaker:
    return CircuitBreaker(give_up_after_s, lambda: chance)


def closed(chance: float = 1.0, give_up_after_s: float = HOURS) -> CircuitBreaker:
    breaker = fresh(chance, give_up_after_s)
    breaker.answered()
    return breaker


def opened(chance: float = 1.0, give_up_after_s: float = HOURS) -> CircuitBreaker:
    """Return a breaker that opened at time 0."""
    breaker = closed(chance, give_up_after_s)
    for number in range(FAULTS_TO_OPEN):
        breaker.failed(f"r{number}/1", DOWN, 0.0)
    assert breaker.state == "open"
    return breaker


def outage(breaker: CircuitBreaker, lasts_s: float) -> list[float]:
    """Return the times of the probes of a long outage."""
    probes, now = [], 0.0
    while now < lasts_s:
        if breaker.permits(now):
            breaker.sent(f"p{now}/1", now)
            breaker.failed(f"p{now}/1", DOWN, now)
            probes.append(now)
        now += 0.25
    return probes


def test_one_request_goes_alone_until_the_model_has_answered() -> None:
    breaker = fresh()
    assert breaker.permits(0.0)
    breaker.sent("a/1", 0.0)
    assert not breaker.permits(1.0)
    breaker.answered()
    assert breaker.permits(1.0)
    breaker.sent("b/1", 1.0)
    assert breaker.permits(1.0)


def test_a_few_faults_between_answers_hold_nothing() -> None:
    breaker = closed()
    for number in range(1000):
        if number % FAULTS_TO_OPEN == 0:
            breaker.answered()
        else:
            breaker.failed(f"r{number}/1", DOWN, number * 0.01)
        assert breaker.state == "closed"


def test_faults_of_one_request_alone_hold_the_others_only_if_nothing_is_answered_for_long() -> None:
    breaker = closed()
    for number in range(50):
        breaker.failed(f"same/{number}", DOWN, 0.1 * number)
    assert breaker.state == "closed"
    breaker.failed("same/50", DOWN, FAULT_SPAN_S + 1)
    assert breaker.state == "open"


def test_rate_limits_hold_requests_only_after_a_minute_or_when_they_say_that_it_is_long() -> None:
    breaker = closed()
    for second in range(int(REFUSAL_SPAN_S)):
        breaker.failed(f"r{second}/1", REFUSED, float(second))
    assert breaker.state == "closed"
    breaker.failed("r/1", REFUSED, REFUSAL_SPAN_S)
    assert breaker.state == "open"
    breaker = closed()
    breaker.failed("r/1", PassingFault("HTTP 429 per day", 3600.0, refused=True), 0.0)
    assert not breaker.permits(LONGEST_HEEDED_S - 1)
    assert breaker.permits(LONGEST_HEEDED_S)


@given(chance=CHANCES)
def test_probes_of_an_outage_are_few_and_at_growing_intervals(chance: float) -> None:
    probes = outage(opened(chance), 1200.0)
    gaps = [later - sooner for sooner, later in pairwise(probes)]
    assert probes[0] >= FIRST_PROBE_S / 2
    assert all(later >= sooner - 0.25 for sooner, later in pairwise(gaps))
    assert max(gaps) <= LONGEST_PROBE_S + 0.25
    assert max(gaps) >= LONGEST_PROBE_S / 2
    assert len(probes) <= 100


@given(chance=CHANCES, lasts_s=st.floats(10, 300))
def test_the_end_of_an_outage_is_noticed_after_a_fifth_of_its_length(
    chance: float, lasts_s: float
) -> None:
    breaker = opened(chance)
    outage(breaker, lasts_s)
    assert breaker.permits(lasts_s * (1 + PROBE_SHARE) + 0.25)


@given(chance=CHANCES, stragglers=st.integers(0, 300))
def test_requests_that_were_in_flight_do_not_delay_the_probe(
    chance: float, stragglers: int
) -> None:
    breaker = opened(chance)
    for number in range(stragglers):
        breaker.failed(f"s{number}/1", DOWN, 0.1)
    assert breaker.permits(FIRST_PROBE_S)


def test_any_answer_lets_all_requests_go_on() -> None:
    breaker = opened()
    breaker.sent("probe/1", 1.0)
    assert (breaker.state, breaker.permits(2.0)) == ("probing", False)
    breaker.answered()
    assert breaker.permits(2.0)
    assert breaker.outage(100.0) is None


def test_a_probe_that_hangs_or_is_called_off_does_not_hold_the_next_for_ever() -> None:
    breaker = opened()
    breaker.sent("probe/1", 1.0)
    assert not breaker.permits(PROBE_PATIENCE_S)
    assert breaker.permits(1.0 + PROBE_PATIENCE_S)
    breaker = opened()
    breaker.sent("probe/1", 1.0)
    breaker.withdrawn("probe/1", 1.5)
    assert not breaker.permits(1.6)
    assert breaker.permits(1.6, urgent=True), "a control of what was refused"
    assert breaker.permits(2.0)


def test_an_outage_is_shown_since_its_first_fault_with_the_last_words() -> None:
    breaker = closed()
    for number in range(FAULTS_TO_OPEN):
        breaker.failed(f"r{number}/1", PassingFault(f"words {number}"), 10.0 + number)
    shown = breaker.outage(20.0)
    assert shown is not None
    assert (shown.since, shown.reason) == (10.0, f"words {FAULTS_TO_OPEN - 1}")
    assert len(shown.clock_time) == 5
    assert opened().outage(0.5) is None, "one that has only begun is not worth a word"


@given(hours=st.floats(0.01, 48))
def test_the_model_is_given_up_after_the_time_that_was_set_and_says_so(hours: float) -> None:
    breaker = opened(give_up_after_s=hours * 3600)
    assert breaker.refusal(hours * 3600 - 1) is None
    reason = breaker.refusal(hours * 3600 + 1)
    assert reason is not None
    assert "HTTP 503" in reason
    assert "api.give_up_after_s" in reason
    breaker.answered()
    assert breaker.refusal(hours * 3600 + 2) == reason, "and stays so in this session"


def test_a_model_that_is_stopped_names_the_first_reason() -> None:
    breaker = closed()
    breaker.stop("bad key")
    breaker.stop("another")
    assert breaker.refusal(0.0) == "bad key"


@given(
    events=st.lists(
        st.tuples(st.sampled_from(["send", "fail", "straggle", "answer"]), st.floats(0, 90))
    ),
    chance=CHANCES,
)
def test_never_more_than_one_probe_in_flight_while_it_is_patient(
    events: list[tuple[str, float]], chance: float
) -> None:
    breaker, now, probe = fresh(chance), 0.0, None
    for number, (event, later) in enumerate(events):
        now += later
        was_closed = breaker.state == "closed"
        if event == "send" and breaker.permits(now):
            if not was_closed:
                assert probe is None or now >= probe[1] + PROBE_PATIENCE_S
                probe = (f"t{number}/1", now)
            breaker.sent(f"t{number}/1", now)
        elif event == "fail" and probe is not None and not was_closed:
            breaker.failed(probe[0], DOWN, now)
            probe = None
        elif event == "straggle":
            breaker.failed(f"s{number}/1", DOWN, now)
        elif event == "answer":
            breaker.answered()
        if breaker.state == "closed":
            probe = None


@pytest.mark.parametrize("fault", [DOWN, REFUSED])
def test_a_first_request_that_fails_is_followed_by_single_probes(fault: PassingFault) -> None:
    breaker = fresh()
    breaker.sent("a/1", 0.0)
    breaker.failed("a/1", fault, 0.0)
    assert not breaker.permits(0.4)
    assert breaker.permits(FIRST_PROBE_S)
    shown = breaker.outage(10.0)
    assert shown is not None
    assert shown.reason == fault.reason
