from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from culture_ray.errors import CapReached, ModelStops, ReservationExceeded
from culture_ray.spending.account import TokenUsage
from culture_ray.spending.attempts import DEAD_AFTER_S
from culture_ray.spending.balances import Caps
from culture_ray.spending.breaker import PassingFault
from culture_ray.spending.governor import Governor
from culture_ray.spending.ledger import Ledger
from culture_ray.spending.limiter import Limits
from culture_ray.spending.messages import (
    Admission,
    Answered,
    InFlight,
    MarkUnresolved,
    ModelNotice,
    Overloaded,
    Reserve,
    Settle,
    StopModel,
    Unavailable,
    Void,
)
from culture_ray.spending.price_calendar import Calendar
from culture_ray.spending.prices import Prices, price_of
from culture_ray.spending.statement import spending_table
from tests.spending.builders import DOLLAR_PER_MILLION, START, billing, governor, usage_bound

MILLI = 1_000_000
"""Nanodollars of 1000 tokens."""


def _reserve(
    governed: Governor, tickets: dict[str, int], now: float = START, worker: str = "w"
) -> None:
    for ticket, tokens in tickets.items():
        governed.receive(worker, Reserve(ticket, "m", usage_bound(tokens)), now)


def _admitted(admissions: list[tuple[str, Admission]]) -> list[str]:
    return [admission.ticket for _, admission in admissions if admission.error is None]


def _refused(admissions: list[tuple[str, Admission]]) -> list[str]:
    return [admission.ticket for _, admission in admissions if admission.error is not None]


def test_a_request_that_does_not_fit_waits_while_what_is_under_way_may_make_room(
    tmp_path: Path,
) -> None:
    governed = governor(tmp_path / "ledger", Caps(total=10 * MILLI))
    _reserve(governed, {"a": 6000, "b": 6000})
    assert _admitted(governed.tick(START)) == ["a"]
    assert governed.tick(START + 1) == []
    governed.receive("w", Settle("a", "m", TokenUsage(0, 2000)), START + 2)
    assert _admitted(governed.tick(START + 2)) == ["b"]


def test_a_request_that_can_never_fit_is_refused_and_never_shrunk(tmp_path: Path) -> None:
    governed = governor(tmp_path / "ledger", Caps(total=10 * MILLI))
    _reserve(governed, {"a": 11_000})
    [(_, admission)] = governed.tick(START)
    assert isinstance(admission.error, CapReached)
    assert "spending.cap_dollars=$0.01" in str(admission.error)
    assert "raise" in str(admission.error)
    assert governed.balances.charged_nano == 0


def test_what_was_given_up_is_charged_for_good(tmp_path: Path) -> None:
    governed = governor(tmp_path / "ledger", Caps(total=10 * MILLI))
    _reserve(governed, {"a": 6000, "b": 6000})
    governed.tick(START)
    governed.receive("w", MarkUnresolved("a", "timeout"), START + 1)
    assert _refused(governed.tick(START + 1)) == ["b"]
    governed.receive("w", Settle("a", "m", TokenUsage(0, 1)), START + 2)
    governed.tick(START + 2)
    assert governed.balances.charged_nano == 6 * MILLI


def test_what_was_not_billed_is_given_back(tmp_path: Path) -> None:
    governed = governor(tmp_path / "ledger", Caps(total=10 * MILLI))
    _reserve(governed, {"a": 6000})
    governed.tick(START)
    governed.receive("w", Void("a", "429"), START)
    governed.tick(START)
    assert governed.balances.charged_nano == 0


def test_a_dead_workers_requests_stay_charged_and_nobody_waits_for_them(tmp_path: Path) -> None:
    governed = governor(tmp_path / "ledger", Caps(total=10 * MILLI))
    _reserve(governed, {"a": 6000}, worker="dead")
    governed.tick(START)
    later = START + DEAD_AFTER_S + 1
    _reserve(governed, {"b": 6000}, later, worker="w")
    assert _refused(governed.tick(later)) == ["b"]
    assert governed.balances.charged_nano == 6 * MILLI


def test_a_governor_that_restarts_knows_what_is_spent_and_sent(tmp_path: Path) -> None:
    path, caps = tmp_path / "ledger", Caps(total=20 * MILLI)
    first = governor(path, caps, limits=Limits(60, None))
    _reserve(first, {"a": 6000, "b": 3000})
    assert _admitted(first.tick(START)) == ["a"]
    second = governor(path, caps, limits=Limits(60, None), now=START + 0.1)
    assert second.balances.charged_nano == 6 * MILLI
    _reserve(second, {"c": 1000}, START + 0.1)
    assert _admitted(second.tick(START + 0.1)) == []  # it knows that one was just sent
    assert _admitted(second.tick(START + 1.1)) == ["c"]
    second.receive("w", Settle("a", "m", TokenUsage(0, 2000)), START + 2)
    second.tick(START + 2)
    assert second.balances.charged_nano == 3 * MILLI


def test_a_grant_whose_answer_was_lost_is_given_again_and_charged_once(tmp_path: Path) -> None:
    path, caps = tmp_path / "ledger", Caps(total=20 * MILLI)
    first = governor(path, caps)
    _reserve(first, {"a": 6000})
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
    _reserve(first, {"a": 6000})
    first.tick(START)
    second = governor(path, caps)
    second.receive("w", InFlight(("a",)), START)
    _reserve(second, {"b": 6000})
    assert second.tick(START) == []


def test_two_jobs_on_one_ledger_share_one_rate_limit(tmp_path: Path) -> None:
    jobs = [governor(tmp_path / "ledger", Caps(), limits=Limits(600, None)) for _ in range(2)]
    admitted: list[float] = []
    for step in range(2000):
        now = START + step * 0.03
        for index, job in enumerate(jobs):
            job.receive("w", Reserve(f"{index}-{step}", "m", usage_bound(1)), now)
            admitted += [now + v.delay for _, v in job.tick(now) if v.error is None]
    first_minute = [at for at in admitted if at < START + 60]
    assert 0.97 * 600 <= len(first_minute) <= 600


def test_two_jobs_on_one_ledger_share_one_cap(tmp_path: Path) -> None:
    first, second = (governor(tmp_path / "ledger", Caps(total=10 * MILLI)) for _ in range(2))
    _reserve(first, {"a": 7000})
    assert _admitted(first.tick(START)) == ["a"]
    _reserve(second, {"b": 7000, "c": 3000})
    admissions = second.tick(START)
    assert (_admitted(admissions), _refused(admissions)) == (["c"], ["b"])


def test_unlimited_asks_wait_for_no_rate_limit(tmp_path: Path) -> None:
    """Batches."""
    governed = governor(tmp_path / "ledger", Caps(), limits=Limits(1, 1))
    for index in range(50):
        governed.receive("w", Reserve(f"b{index}", "m", usage_bound(10, limited=False)), START)
    assert len(_admitted(governed.tick(START))) == 50


def test_requests_of_a_model_go_in_the_order_they_came(tmp_path: Path) -> None:
    governed = governor(tmp_path / "ledger", Caps(), limits=Limits(None, 60_000))
    order = {f"t{index}": 5000 if index % 5 == 0 else 10 for index in range(40)}
    _reserve(governed, order)
    admitted: list[str] = []
    for step in range(1000):
        governed.heartbeat("w", START + step * 0.25)
        admitted += _admitted(governed.tick(START + step * 0.25))
    assert admitted == list(order)


def test_a_request_that_is_called_off_while_it_waits_takes_nothing(tmp_path: Path) -> None:
    governed = governor(tmp_path / "ledger", Caps(), limits=Limits(1, None))
    _reserve(governed, {"a": 10, "b": 10, "c": 10})
    assert _admitted(governed.tick(START)) == ["a"]
    governed.receive("w", Void("b", "never sent", sent=False), START)
    governed.heartbeat("w", START + 61)
    assert _admitted(governed.tick(START + 61)) == ["c"]
    assert governed.balances.totals["a", "elicit", "m"].attempts == 2


def _down(governed: Governor, tickets: list[str], now: float, model: str = "m") -> None:
    for ticket in tickets:
        governed.receive("w", Unavailable(ticket, model, PassingFault("HTTP 503")), now)
        governed.receive("w", Void(ticket, "HTTP 503"), now)


def test_an_outage_holds_all_workers_but_one_probe_until_any_is_answered(tmp_path: Path) -> None:
    governed = governor(tmp_path / "ledger", Caps())
    first = [f"r{n}/1" for n in range(5)]
    _reserve(governed, dict.fromkeys(first, 10))
    assert _admitted(governed.tick(START)) == first
    _down(governed, first, START)
    _reserve(governed, {f"s{n}/1": 10 for n in range(9)}, START, worker="other")
    assert governed.tick(START) == []
    assert _admitted(governed.tick(START + 2)) == ["s0/1"]
    assert governed.tick(START + 5) == [], "one probe at a time"
    assert governed.overview(START + 5).outages["m"].reason == "HTTP 503"
    assert governed.balances.charged_nano == 10_000, "the probe alone"
    governed.receive("other", Settle("s0/1", "m", TokenUsage(0, 1)), START + 6)
    assert len(_admitted(governed.tick(START + 6))) == 8
    assert not governed.overview(START + 6).outages


def test_one_models_outage_holds_no_other_model(tmp_path: Path) -> None:
    governed = governor(tmp_path / "ledger", Caps(), "m", "n")
    first = [f"r{n}/1" for n in range(5)]
    _reserve(governed, dict.fromkeys(first, 10))
    governed.tick(START)
    _down(governed, first, START)
    _reserve(governed, {"s/1": 10})
    governed.receive("w", Reserve("t/1", "n", usage_bound(10)), START)
    assert _admitted(governed.tick(START)) == ["t/1"]


def test_a_model_that_is_stopped_or_given_up_refuses_all_that_waits_and_charges_nothing(
    tmp_path: Path,
) -> None:
    governed = governor(tmp_path / "ledger", Caps(), "m", "n")
    _reserve(governed, {"a/1": 10, "b/1": 10})
    governed.receive("w", StopModel("m", "bad key"), START)
    governed.receive("w", Reserve("c/1", "n", usage_bound(10)), START)
    admissions = governed.tick(START)
    assert (_refused(admissions), _admitted(admissions)) == (["a/1", "b/1"], ["c/1"])
    assert {str(v.error) for _, v in admissions if v.error is not None} == {"bad key"}
    _down(governed, [f"c{n}/1" for n in range(5)], START, "n")
    governed.receive("w", Reserve("d/1", "n", usage_bound(10)), START)
    later = START + 6 * 3600 + 1
    governed.heartbeat("w", later)
    [(_, given_up)] = governed.tick(later)
    assert "api.give_up_after_s" in str(given_up.error)
    assert isinstance(given_up.error, ModelStops)


def test_a_first_request_goes_alone_in_every_session(tmp_path: Path) -> None:
    models = billing("m")
    governed = Governor(Ledger(tmp_path / "ledger", "run a"), "a", models, Caps(), START)
    _reserve(governed, {f"r{n}/1": 10 for n in range(5)})
    assert _admitted(governed.tick(START)) == ["r0/1"]
    governed.receive("w", MarkUnresolved("r0/1", "no usage"), START)
    governed.receive("w", Answered("r0/1", "m"), START)
    assert len(_admitted(governed.tick(START + 1))) == 4


def test_a_settlement_of_an_earlier_session_is_no_sign_of_life(tmp_path: Path) -> None:
    models = billing("m")
    governed = Governor(Ledger(tmp_path / "ledger", "run a"), "a", models, Caps(), START)
    governed.receive("w", Settle("old/1", "m", TokenUsage(0, 1)), START)
    _reserve(governed, {"a/1": 10, "b/1": 10})
    assert _admitted(governed.tick(START)) == ["a/1"]


def test_notices_are_kept_once_for_the_driver(tmp_path: Path) -> None:
    governed = governor(tmp_path / "ledger", Caps())
    for worker in ("w", "v"):
        governed.receive(worker, ModelNotice("m", "temperature is left out"), START)
    assert governed.overview(START).notices == (("m", "temperature is left out"),)


def test_an_outage_does_not_leave_the_model_with_one_request_at_a_time(tmp_path: Path) -> None:
    governed = governor(tmp_path / "ledger", Caps())
    first = [f"r{n}/1" for n in range(20)]
    _reserve(governed, dict.fromkeys(first, 10))
    governed.tick(START)
    for second, ticket in enumerate(first):
        _down(governed, [ticket], START + second)
        governed.receive("w", Overloaded("m"), START + second)
    governed.receive("w", Answered("", "m"), START + 60)
    _reserve(governed, {f"s{n}/1": 10 for n in range(20)}, START + 60)
    assert len(_admitted(governed.tick(START + 60))) >= 10


def test_the_first_answer_above_its_reservation_stops_what_is_not_yet_sent(
    tmp_path: Path,
) -> None:
    governed = governor(tmp_path / "ledger", Caps(total=100 * MILLI), "m", "other")
    _reserve(governed, {"a/1-0": 6000, "b": 6000})
    governed.tick(START)
    governed.receive("w", Settle("a/1-0", "m", TokenUsage(0, 9000)), START + 1)
    _reserve(governed, {"c": 10}, START + 1)
    governed.receive("w", Reserve("d", "other", usage_bound(10)), START + 1)
    admissions = governed.tick(START + 1)
    assert (_admitted(admissions), _refused(admissions)) == (["d"], ["c"])
    [error] = [admission.error for _, admission in admissions if admission.error]
    assert isinstance(error, ReservationExceeded)
    assert "m billed $0.009000 for request a, and $0.006000 was reserved" in str(error)
    assert "9000 output tokens, where at most 6000" in str(error)
    assert "api.extra_output_tokens" in str(error)
    assert "(here 3000)" in str(error)
    other = 10_000
    assert governed.balances.charged_nano == 15 * MILLI + other, "charged as billed"
    governed.receive("w", Settle("b", "m", TokenUsage(0, 20_000)), START + 2)
    governed.tick(START + 2)
    assert governed.balances.charged_nano == 29 * MILLI + other
    table = spending_table(tmp_path / "ledger", "a").to_pylist()
    assert [(row["reserved"], row["dollars"]) for row in table[:2]] == [
        (0.006, 0.009), (0.006, 0.02),
    ]  # fmt: skip


def test_an_answer_at_its_reservation_stops_nothing(tmp_path: Path) -> None:
    governed = governor(tmp_path / "ledger", Caps(total=100 * MILLI))
    _reserve(governed, {"a": 6000})
    governed.tick(START)
    governed.receive("w", Settle("a", "m", TokenUsage(0, 6000)), START + 1)
    _reserve(governed, {"b": 10}, START + 1)
    assert _admitted(governed.tick(START + 1)) == ["b"]


def test_another_job_on_the_ledger_stops_too_and_a_later_one_tries_again(tmp_path: Path) -> None:
    path, caps = tmp_path / "ledger", Caps(total=100 * MILLI)
    first, second = governor(path, caps), governor(path, caps)
    _reserve(first, {"a": 6000})
    first.tick(START)
    first.receive("w", Settle("a", "m", TokenUsage(0, 9000)), START + 1)
    first.tick(START + 1)
    _reserve(second, {"b": 10}, START + 1)
    assert _refused(second.tick(START + 1)) == ["b"]
    third = governor(path, caps)
    _reserve(third, {"c": 10}, START + 2)
    assert _admitted(third.tick(START + 2)) == ["c"], "its settings may allow for it"


def test_tokens_beyond_the_limit_that_the_settings_allow_for_are_reserved(tmp_path: Path) -> None:
    price = replace(DOLLAR_PER_MILLION, extra_output_tokens=3000)
    governed = governor(tmp_path / "ledger", Caps(), price=price)
    governed.receive("w", Reserve("a", "m", usage_bound(6000)), START)
    governed.tick(START)
    assert governed.balances.charged_nano == 9 * MILLI
    governed.receive("w", Settle("a", "m", TokenUsage(0, 9000)), START)
    governed.receive("w", Reserve("b", "m", usage_bound(1)), START + 1)
    assert _admitted(governed.tick(START + 1)) == ["b"]
    assert governed.balances.open_reservations["b"].output_tokens == 3001


def test_an_answer_that_reports_no_tokens_stays_charged_at_its_maximum(tmp_path: Path) -> None:
    governed = governor(tmp_path / "ledger", Caps(total=10 * MILLI))
    _reserve(governed, {"a": 6000})
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
