"""A governor charges each attempt once, over restarts, workers and jobs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from culture_ray.spending.account import TokenUsage
from culture_ray.spending.balances import Caps
from culture_ray.spending.governing.attempts import DEAD_AFTER_S
from culture_ray.spending.limits import Limits
from culture_ray.spending.messages import (
    Admission,
    InFlight,
    MarkUnresolved,
    Reserve,
    Settle,
    Void,
)
from culture_ray.spending.prices import Prices, price_of
from culture_ray.spending.pricing.price_calendar import Calendar
from culture_ray.spending.statement import spending_table
from tests.spending.builders import (
    DOLLAR_PER_MILLION,
    START,
    admitted,
    governor,
    refused,
    reserve,
    usage_bound,
)

MILLI = 1_000_000
"""Nanodollars of 1000 tokens."""


def test_what_was_given_up_is_charged_for_good(tmp_path: Path) -> None:
    governed = governor(tmp_path / "ledger", Caps(total=10 * MILLI))
    reserve(governed, {"a": 6000, "b": 6000})
    governed.tick(START)
    governed.receive("w", MarkUnresolved("a", "timeout"), START + 1)
    assert refused(governed.tick(START + 1)) == ["b"]
    governed.receive("w", Settle("a", "m", TokenUsage(0, 1)), START + 2)
    governed.tick(START + 2)
    assert governed.balances.charged_nano == 6 * MILLI


def test_what_was_not_billed_is_given_back(tmp_path: Path) -> None:
    governed = governor(tmp_path / "ledger", Caps(total=10 * MILLI))
    reserve(governed, {"a": 6000})
    governed.tick(START)
    governed.receive("w", Void("a", "429"), START)
    governed.tick(START)
    assert governed.balances.charged_nano == 0


def test_a_dead_workers_requests_stay_charged_and_nobody_waits_for_them(tmp_path: Path) -> None:
    governed = governor(tmp_path / "ledger", Caps(total=10 * MILLI))
    reserve(governed, {"a": 6000}, worker="dead")
    governed.tick(START)
    later = START + DEAD_AFTER_S + 1
    reserve(governed, {"b": 6000}, later, worker="w")
    assert refused(governed.tick(later)) == ["b"]
    assert governed.balances.charged_nano == 6 * MILLI


def test_a_governor_that_restarts_knows_what_is_spent_and_sent(tmp_path: Path) -> None:
    path, caps = tmp_path / "ledger", Caps(total=20 * MILLI)
    first = governor(path, caps, limits=Limits(60, None))
    reserve(first, {"a": 6000, "b": 3000})
    assert admitted(first.tick(START)) == ["a"]
    second = governor(path, caps, limits=Limits(60, None), now=START + 0.1)
    assert second.balances.charged_nano == 6 * MILLI
    reserve(second, {"c": 1000}, START + 0.1)
    assert admitted(second.tick(START + 0.1)) == []  # it knows that one was just sent
    assert admitted(second.tick(START + 1.1)) == ["c"]
    second.receive("w", Settle("a", "m", TokenUsage(0, 2000)), START + 2)
    second.tick(START + 2)
    assert second.balances.charged_nano == 3 * MILLI


def test_a_grant_whose_answer_was_lost_is_given_again_and_charged_once(tmp_path: Path) -> None:
    path, caps = tmp_path / "ledger", Caps(total=20 * MILLI)
    first = governor(path, caps)
    reserve(first, {"a": 6000})
    first.tick(START)
    second = governor(path, caps)
    assert second.receive("w", Reserve("a", "m", usage_bound(6000)), START) == [Admission("a")]
    second.tick(START)
    assert second.balances.charged_nano == 6 * MILLI


def test_a_restarted_governor_hopes_again_for_what_workers_say_is_under_way(
    tmp_path: Path,
) -> None:
    path, caps = tmp_path / "ledger", Caps(total=10 * MILLI)
    first = governor(path, caps)
    reserve(first, {"a": 6000})
    first.tick(START)
    second = governor(path, caps)
    second.receive("w", InFlight(("a",)), START)
    reserve(second, {"b": 6000})
    assert second.tick(START) == []


def test_two_jobs_on_one_ledger_share_one_rate_limit(tmp_path: Path) -> None:
    jobs = [governor(tmp_path / "ledger", Caps(), limits=Limits(600, None)) for _ in range(2)]
    times: list[float] = []
    for step in range(2000):
        now = START + step * 0.03
        for index, job in enumerate(jobs):
            job.receive("w", Reserve(f"{index}-{step}", "m", usage_bound(1)), now)
            times += [now + v.delay for _, v in job.tick(now) if v.error is None]
    first_minute = [at for at in times if at < START + 60]
    assert 0.97 * 600 <= len(first_minute) <= 600


def test_two_jobs_on_one_ledger_share_one_cap(tmp_path: Path) -> None:
    first, second = (governor(tmp_path / "ledger", Caps(total=10 * MILLI)) for _ in range(2))
    reserve(first, {"a": 7000})
    assert admitted(first.tick(START)) == ["a"]
    reserve(second, {"b": 7000, "c": 3000})
    admissions = second.tick(START)
    assert (admitted(admissions), refused(admissions)) == (["c"], ["b"])


def test_another_job_on_the_ledger_stops_too_and_a_later_one_tries_again(tmp_path: Path) -> None:
    path, caps = tmp_path / "ledger", Caps(total=100 * MILLI)
    first, second = governor(path, caps), governor(path, caps)
    reserve(first, {"a": 6000})
    first.tick(START)
    first.receive("w", Settle("a", "m", TokenUsage(0, 9000)), START + 1)
    first.tick(START + 1)
    reserve(second, {"b": 10}, START + 1)
    assert refused(second.tick(START + 1)) == ["b"]
    third = governor(path, caps)
    reserve(third, {"c": 10}, START + 2)
    assert admitted(third.tick(START + 2)) == ["c"], "its settings may allow for it"


def test_an_answer_that_reports_no_tokens_stays_charged_at_its_maximum(tmp_path: Path) -> None:
    governed = governor(tmp_path / "ledger", Caps(total=10 * MILLI))
    reserve(governed, {"a": 6000})
    governed.tick(START)
    governed.receive("w", Settle("a", "m", TokenUsage(-5, -7)), START + 1)
    governed.tick(START + 1)
    assert governed.balances.charged_nano == 6 * MILLI
    assert governed.balances.totals["a", "elicit", "m"].settled == 0
    [row] = spending_table(tmp_path / "ledger", "a").to_pylist()
    assert (row["state"], row["reason"]) == ("kept", "the answer reports no tokens")


def test_a_price_that_changes_while_a_request_is_under_way_is_the_higher_one(
    tmp_path: Path,
) -> None:
    """At 4:00 UTC the price doubles; START is 22:13:20."""
    four = 4 * 3600.0
    dear = price_of("m", "m", own=Prices(input=2.0, output=2.0))
    night = Calendar((), (four,), {(0, 0): dear.tiers, (0, 1): DOLLAR_PER_MILLION.tiers})
    price = replace(DOLLAR_PER_MILLION, calendar=night)
    governed = governor(tmp_path / "ledger", Caps(), price=price)
    change = START - START % 86_400 + 86_400
    for ticket, at, reserved in (
        ("evening", change - 1000, 1), ("before", change - 100, 2), ("after", change + 10, 2),
    ):  # fmt: skip
        governed.receive("w", Reserve(ticket, "m", usage_bound(1000)), at)
        governed.tick(at)
        assert governed.balances.open_reservations[ticket].nano == reserved * MILLI
    for ticket, at, billed in (
        ("evening", change - 900, 1), ("before", change + 5, 2), ("after", change + 20, 2),
    ):  # fmt: skip
        before = governed.balances.charged_nano
        reserved_nano = governed.balances.open_reservations[ticket].nano
        governed.receive("w", Settle(ticket, "m", TokenUsage(0, 1000)), at)
        governed.tick(at)
        assert governed.balances.charged_nano - before == billed * MILLI - reserved_nano
