from __future__ import annotations

from itertools import pairwise

import pytest

from culture_ray.spending.limiting import rate_search
from culture_ray.spending.limiting.rate_search import RateSearch

ALLOWED = 100.0
"""Requests per second at a factor of 1."""


class _Client:
    """Requests at the rate that the search allows, refused by a rule of the test."""

    def __init__(self, search: RateSearch) -> None:
        self.search, self.now = search, 0.0
        self.debt = 0.0

    def send(self, seconds: float, refused: float) -> None:
        """Send for a time; the share `refused` of requests is refused, evenly."""
        end = self.now + seconds
        while self.now < end:
            self.search.add_request(self.now)
            self.now += 1 / (ALLOWED * self.search.factor)
            self.debt += refused
            if self.debt >= 1:
                self.debt -= 1
                share = self.search.add_refusal(self.now)
                if share is not None:
                    self.search.lower(share, ALLOWED * self.search.factor, self.now)
            self.search.advance(ALLOWED * self.search.factor, self.now)

    def under_limit(self, seconds: float, limit_per_s: float) -> None:
        """Send for a time under a real limit."""
        for _ in range(round(seconds / 0.1)):
            rate = ALLOWED * self.search.factor
            self.send(0.1, max(0.0, 1 - limit_per_s / rate))


def _lowered(share: float = 0.2, pace: float = ALLOWED) -> RateSearch:
    """Return a search whose rate was lowered at 10 s."""
    search = RateSearch(0.0)
    for index in range(round(pace * 10)):
        search.add_request(index / pace)
    search.lower(share, ALLOWED, 10.0)
    return search


@pytest.mark.parametrize(
    ("share", "factor"), [(0.2, 0.784), (0.5, 0.49), (0.6, 0.392), (0.95, 0.392)]
)
def test_the_rate_becomes_98_percent_of_what_was_accepted_and_at_least_two_fifths(
    share: float, factor: float
) -> None:
    assert _lowered(share).factor == pytest.approx(factor)


def test_the_rate_becomes_what_was_accepted_since_the_first_refusal() -> None:
    search = RateSearch(0.0)
    for index in range(60):
        search.add_request(index / ALLOWED)
        if index >= 50 and index % 2 == 0:
            share = search.add_refusal(index / ALLOWED)
    assert share is None, "5 of 60"
    search.lower(0.1, ALLOWED, 0.6)
    assert search.factor == pytest.approx(0.98 * (1 - 4 / 8))


@pytest.mark.parametrize(("pace", "factor"), [(50.0, 0.392), (10.0, 0.0784), (1.0, 0.0784)])
def test_a_client_that_sent_less_than_allowed_is_measured_by_what_it_sent(
    pace: float, factor: float
) -> None:
    assert _lowered(pace=pace).factor == pytest.approx(factor)


def test_the_share_is_that_of_all_requests_where_every_one_is_refused() -> None:
    search = RateSearch(0.0)
    for _ in range(10):
        search.add_request(0.0)
    assert [search.add_refusal(1.0) for _ in range(10)][-1] == 1.0


def test_the_factor_never_falls_below_a_fiftieth() -> None:
    search = RateSearch(0.0)
    for step in range(20):
        search.lower(0.9 * 1.7**step, ALLOWED, float(step))
    assert search.factor == rate_search.LOWEST == 0.02


@pytest.mark.parametrize("real", [0.9, 0.7, 0.5, 0.2])
def test_a_real_limit_is_found_within_seconds_and_held(real: float) -> None:
    client = _Client(RateSearch(0.0))
    client.under_limit(12, real * ALLOWED)
    assert 0.85 * real <= client.search.factor <= 1.1 * real
    lowest = highest = client.search.factor
    for _ in range(60):
        client.under_limit(1, real * ALLOWED)
        lowest, highest = min(lowest, client.search.factor), max(highest, client.search.factor)
    assert 0.8 * real <= lowest
    assert highest <= 1.2 * real


@pytest.mark.parametrize("chance", [0.01, 0.05, 0.1, 0.2, 0.4])
def test_refusals_that_do_not_depend_on_the_rate_do_not_lower_it_for_long(chance: float) -> None:
    client = _Client(RateSearch(0.0))
    client.send(30, chance)
    assert client.search.factor == 1.0
    client.send(60, chance)
    assert client.search.factor == 1.0


def _found(share: float) -> tuple[RateSearch, float]:
    """Return a search whose trial showed the rate to be the cause of that share, and the time."""
    search = _lowered(share)
    for index in range(1000):
        search.add_request(11 + index / 1000)
    search.advance(ALLOWED, 12.0)
    return search, 12.0


def test_as_many_refusals_at_a_rate_that_was_found_show_chance_and_restore_it() -> None:
    search, now = _found(0.2)
    found = search.factor
    search.lower(0.2, ALLOWED, now)
    assert search.factor < found, "another trial"
    search.lower(0.2, ALLOWED, now)
    assert search.factor < found, "during a trial only a larger share counts"
    for index in range(30):
        search.add_request(now + 2 + index / 10)
        if index % 5 == 0:
            search.add_refusal(now + 2 + index / 10)
    search.advance(ALLOWED, now + 6)
    assert search.factor == 1.0


def _quiet_after(search: RateSearch, now: float) -> float:
    """Send requests of which none is refused until trials are over; return the time."""
    for index in range(1000):
        search.add_request(now + 1 + index / 1000)
    search.advance(ALLOWED, now + 2)
    return now + 2


def test_a_much_smaller_share_at_a_rate_that_was_found_is_judged_anew() -> None:
    search, now = _found(0.6)
    found = search.factor
    for _ in range(2):
        search.lower(0.1, ALLOWED, now)
        now = _quiet_after(search, now)
        assert search.factor < found
    search.lower(0.1, ALLOWED, now)
    assert search.factor == 1.0, "the rate before it was first lowered"


def test_a_rate_that_has_risen_since_is_restored_no_further() -> None:
    search, now = _found(0.2)
    search.advance(ALLOWED, now + 10)
    risen, now = search.factor, now + 10
    assert risen < 0.8
    for _ in range(2):
        search.lower(0.2, ALLOWED, now)
        now = _quiet_after(search, now)
        assert search.factor < risen
    search.lower(0.2, ALLOWED, now)
    assert search.factor == risen


def test_a_limit_behind_a_tolerated_share_is_found_too() -> None:
    client = _Client(RateSearch(0.0))
    client.send(40, 0.05)
    client.under_limit(15, 50.0)
    assert 0.3 <= client.search.factor <= 0.6


def test_a_tolerated_share_is_examined_again_after_5_minutes() -> None:
    client = _Client(RateSearch(0.0))
    client.send(20, 0.3)
    assert client.search.factor == 1.0
    client.send(rate_search.TOLERATED_S - 25, 0.3)
    assert client.search.factor == 1.0
    client.send(9, 0.3)
    assert client.search.factor < 1.0


def test_the_rate_rises_by_1_percent_after_a_while_and_twice_as_much_each_time() -> None:
    search, now, seen = _lowered(), 10.0, []
    for _ in range(100):
        for _ in range(10):
            now += 0.05
            search.add_request(now)
        search.advance(ALLOWED, now)
        if not seen or search.factor != seen[-1]:
            seen.append(search.factor)
    steps = [later / earlier for earlier, later in pairwise(seen)]
    assert steps[:4] == pytest.approx([1.01, 1.02, 1.04, 1.08])
    assert 1.0 in seen or len(seen) >= 5


def test_the_rate_does_not_rise_while_refusals_are_more_than_a_few() -> None:
    search = _lowered()
    for index in range(30):
        search.add_request(10.0 + index)
        search.advance(ALLOWED, 10.0 + index)
    factor = search.factor
    for index in range(40, 140):
        search.add_request(float(index))
        if index % 40 == 0:
            search.add_refusal(float(index))
        search.advance(ALLOWED, float(index))
    assert search.factor <= factor * 1.01


def test_the_rate_rises_more_seldom_where_refusals_come_back() -> None:
    search, raised = RateSearch(0.0), []
    now = 0.0
    for _ in range(6):
        search.lower(0.2, ALLOWED, now)
        lowered, factor = now, search.factor
        while search.factor == factor:
            now += 0.1
            for _ in range(5):
                search.add_request(now)
            search.advance(ALLOWED, now)
        raised.append(now - lowered)
    assert raised == pytest.approx([10, 20, 40, 80, 160, 180], abs=0.3)


def test_everything_refused_once_changes_nothing_and_twice_shows_the_limit() -> None:
    search = RateSearch(0.0)
    for index in range(1000):
        search.add_request(index / 100)
    search.unblocked(ALLOWED, 60.0)
    assert search.factor == 1.0
    for index in range(3000):
        search.add_request(60 + index / 100)
    search.unblocked(ALLOWED, 120.0)
    assert search.factor == pytest.approx(0.98 * 3000 / 60 / ALLOWED)
    again = RateSearch(0.0)
    again.unblocked(ALLOWED, 10.0)
    again.unblocked(ALLOWED, 10.0 + rate_search.BLOCKS_WITHIN_S)
    assert again.factor == 1.0, "long ago"


def test_a_rate_that_was_lowered_just_before_everything_was_refused_is_restored() -> None:
    search = _lowered()
    for index in range(11):
        search.add_request(11 + index / 100)
    for _ in range(rate_search.MOST - 1):
        search.add_refusal(11.5)
    assert not search.is_blocked(0.9, 11.5), "a few in a row happen by chance"
    search.add_refusal(11.5)
    assert not RateSearch(0.0).is_blocked(0.9, 11.5)
    assert not search.is_blocked(0.49, 11.5)
    assert search.is_blocked(0.5, 11.5)
    search = _lowered()
    for index in range(10):
        search.add_request(11 + index / 100)
        search.add_refusal(11.1)
    assert search.is_blocked(None, 12.0)
    search.unblocked(ALLOWED, 13.0)
    assert search.factor == 1.0
    assert not search.is_blocked(0.9, 13.0)


def test_a_rate_lowered_as_everything_was_refused_twice_is_restored_if_refusals_go_on() -> None:
    search = _lowered()
    search.unblocked(ALLOWED, 12.0)
    assert search.factor == 1.0
    search.unblocked(ALLOWED, 30.0)
    assert search.factor < 0.1, "hardly anything was accepted since"
    now = 32.0
    while search.factor < 1.0 and now < 200.0:
        now += 0.1
        search.add_request(now)
        if round(now * 10) % 3 == 0:  # a third, whatever the rate
            search.add_refusal(now)
        search.advance(ALLOWED, now)
    assert search.factor == 1.0
    assert now < 60.0


def test_another_limit_makes_all_that_was_found_void() -> None:
    search = _lowered()
    search.restart(11.0)
    assert search.factor == 1.0
    search.advance(ALLOWED, 100.0)
    assert search.factor == 1.0


def test_a_guessed_limit_may_rise_beyond_itself() -> None:
    search, now = RateSearch(0.0), 0.0
    for _ in range(200):
        now += 0.1
        search.add_request(now)
        search.advance(ALLOWED, now, largest=float("inf"))
    assert search.factor == pytest.approx(1.01 * 1.02 * 1.04, rel=0.1)
    assert search.factor > 1.0
