from __future__ import annotations

from culture_ray.spending.limiting.refusal_pause import RefusalPause


def _blocked(retry_after_s: float | None = None) -> RefusalPause:
    pause = RefusalPause()
    pause.start(retry_after_s, 10.0, blocked=True)
    return pause


def test_nothing_waits_before_the_first_refusal() -> None:
    pause = RefusalPause()
    pause.sent(1.0)
    assert pause.earliest(2.0) == 2.0
    assert not pause.accepted(100.0)
    assert not pause.answered(1.0)


def test_a_request_that_is_sent_while_others_are_accepted_is_no_probe() -> None:
    pause = RefusalPause()
    pause.sent(1.0)
    pause.extend(5.0, 2.0)
    assert pause.earliest(2.0) == 3.0, "a probe that is refused would wait 5 s"


def test_a_pause_lasts_as_long_as_the_provider_says_or_a_second() -> None:
    for told, until in ((None, 11.0), (0.0, 11.0), (20.0, 30.0), (0.25, 10.25)):
        pause = _blocked(told)
        assert pause.earliest(10.0) == until
        assert pause.earliest(until + 1) == until + 1


def test_a_pause_while_others_are_accepted_lasts_a_second_at_most() -> None:
    for told, until in ((None, 11.0), (20.0, 11.0), (0.25, 10.25)):
        pause = RefusalPause()
        pause.start(told, 10.0, blocked=False)
        assert pause.earliest(10.0) == until
        pause.extend(20.0, 10.1)
        assert pause.earliest(10.1) == 11.1
        pause.sent(12.0)
        assert pause.earliest(12.0) == 12.0, "requests do not go one at a time"


def test_a_pause_after_which_nothing_is_in_flight_lets_requests_go_one_at_a_time() -> None:
    pause = RefusalPause()
    pause.start(None, 10.0, blocked=False)
    pause.block()
    pause.extend(20.0, 10.5)
    assert pause.earliest(10.5) == 30.5, "and lasts as long as the provider says"
    pause.sent(30.5)
    assert pause.earliest(30.6) == 32.5


def test_the_longest_pause_counts_that_a_refusal_during_it_states() -> None:
    pause = _blocked(5.0)
    pause.extend(20.0, 12.0)
    pause.extend(1.0, 13.0)
    pause.extend(None, 14.0)
    assert pause.earliest(14.0) == 32.0


def test_each_refused_probe_doubles_the_pause_up_to_ten_seconds() -> None:
    pause, now, pauses = _blocked(0.0), 11.0, []
    for _ in range(5):
        pause.sent(now)
        assert pause.earliest(now) == now + 2.0, "the next waits for the probe"
        pause.extend(0.0, now + 0.5)
        pauses.append(pause.until - (now + 0.5))
        now = pause.until
    assert pauses == [2.0, 4.0, 8.0, 10.0, 10.0]


def test_a_longer_time_that_the_provider_states_counts_after_a_probe() -> None:
    pause = _blocked()
    pause.sent(11.0)
    pause.extend(90.0, 12.0)
    assert pause.until == 102.0


def test_a_refusal_of_an_earlier_request_after_the_pause_does_not_double_it() -> None:
    pause = _blocked()
    pause.extend(None, 12.0)
    assert pause.earliest(12.0) == 12.0
    pause.sent(12.0)
    pause.extend(None, 12.1)
    assert pause.until == 14.1, "the first refused probe"


def test_an_answer_to_the_probe_ends_the_blockade_and_one_to_an_earlier_request_does_not() -> None:
    pause = _blocked()
    assert not pause.answered(9.0)
    pause.sent(11.0)
    assert not pause.answered(10.9)
    assert pause.answered(11.0)
    assert not pause.blocked
    assert pause.earliest(11.1) == 11.1
    assert not pause.answered(11.0), "only once"
    pause.start(None, 20.0, blocked=True)
    pause.sent(21.0)
    pause.extend(None, 21.5)
    assert pause.until == 23.5, "pauses begin small again"


def test_a_probe_that_is_not_refused_within_2_s_was_accepted() -> None:
    pause = _blocked()
    pause.sent(11.0)
    assert not pause.accepted(12.9)
    assert pause.blocked
    assert pause.accepted(13.0)
    assert not pause.blocked
    assert not pause.accepted(14.0), "only once"


def test_a_new_pause_never_shortens_the_present_one() -> None:
    pause = _blocked(30.0)
    pause.start(1.0, 12.0, blocked=True)
    assert pause.until == 40.0


def test_a_shorter_pause_than_a_second_is_kept_while_others_are_accepted() -> None:
    pause = RefusalPause()
    pause.start(0.2, 10.0, blocked=False)
    pause.extend(0.3, 10.1)
    assert pause.earliest(10.1) == 10.4


def test_a_request_that_is_sent_while_nothing_is_blocked_is_no_probe() -> None:
    pause = RefusalPause()
    pause.sent(1.0)
    pause.block()
    assert pause.earliest(1.5) == 1.5, "the probe has not been sent yet"
    pause.sent(2.0)
    assert pause.earliest(2.5) == 4.0
