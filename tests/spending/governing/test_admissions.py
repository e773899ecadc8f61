"""Requests are admitted in their order, under the caps and the limits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from culture_ray.errors import CapReached, ReservationExceeded
from culture_ray.spending.account import TokenUsage
from culture_ray.spending.balances import Caps
from culture_ray.spending.limits import Limits
from culture_ray.spending.messages import (
    Reserve,
    Settle,
    Void,
)
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


def test_a_request_that_does_not_fit_waits_while_what_is_under_way_may_make_room(
    tmp_path: Path,
) -> None:
    governed = governor(tmp_path / "ledger", Caps(total=10 * MILLI))
    reserve(governed, {"a": 6000, "b": 6000})
    assert admitted(governed.tick(START)) == ["a"]
    assert governed.tick(START + 1) == []
    governed.receive("w", Settle("a", "m", TokenUsage(0, 2000)), START + 2)
    assert admitted(governed.tick(START + 2)) == ["b"]


def test_a_request_that_can_never_fit_is_refused_and_never_shrunk(tmp_path: Path) -> None:
    governed = governor(tmp_path / "ledger", Caps(total=10 * MILLI))
    reserve(governed, {"a": 11_000})
    [(_, admission)] = governed.tick(START)
    assert isinstance(admission.error, CapReached)
    assert "spending.cap_dollars=$0.01" in str(admission.error)
    assert "raise" in str(admission.error)
    assert governed.balances.charged_nano == 0


def test_unlimited_asks_wait_for_no_rate_limit(tmp_path: Path) -> None:
    """Batches."""
    governed = governor(tmp_path / "ledger", Caps(), limits=Limits(1, 1))
    for index in range(50):
        governed.receive("w", Reserve(f"b{index}", "m", usage_bound(10, limited=False)), START)
    assert len(admitted(governed.tick(START))) == 50


def test_requests_of_a_model_go_in_the_order_they_came(tmp_path: Path) -> None:
    governed = governor(tmp_path / "ledger", Caps(), limits=Limits(None, 60_000))
    order = {f"t{index}": 5000 if index % 5 == 0 else 10 for index in range(40)}
    reserve(governed, order)
    order_sent: list[str] = []
    for step in range(1000):
        governed.heartbeat("w", START + step * 0.25)
        order_sent += admitted(governed.tick(START + step * 0.25))
    assert order_sent == list(order)


def test_a_request_that_is_called_off_while_it_waits_takes_nothing(tmp_path: Path) -> None:
    governed = governor(tmp_path / "ledger", Caps(), limits=Limits(1, None))
    reserve(governed, {"a": 10, "b": 10, "c": 10})
    assert admitted(governed.tick(START)) == ["a"]
    governed.receive("w", Void("b", "never sent", sent=False), START)
    governed.heartbeat("w", START + 61)
    assert admitted(governed.tick(START + 61)) == ["c"]
    assert governed.balances.totals["a", "elicit", "m"].attempts == 2


def test_the_first_answer_above_its_reservation_stops_what_is_not_yet_sent(
    tmp_path: Path,
) -> None:
    governed = governor(tmp_path / "ledger", Caps(total=100 * MILLI), "m", "other")
    reserve(governed, {"a/1-0": 6000, "b": 6000})
    governed.tick(START)
    governed.receive("w", Settle("a/1-0", "m", TokenUsage(0, 9000)), START + 1)
    reserve(governed, {"c": 10}, START + 1)
    governed.receive("w", Reserve("d", "other", usage_bound(10)), START + 1)
    admissions = governed.tick(START + 1)
    assert (admitted(admissions), refused(admissions)) == (["d"], ["c"])
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
    reserve(governed, {"a": 6000})
    governed.tick(START)
    governed.receive("w", Settle("a", "m", TokenUsage(0, 6000)), START + 1)
    reserve(governed, {"b": 10}, START + 1)
    assert admitted(governed.tick(START + 1)) == ["b"]


def test_tokens_beyond_the_limit_that_the_settings_allow_for_are_reserved(tmp_path: Path) -> None:
    price = replace(DOLLAR_PER_MILLION, extra_output_tokens=3000)
    governed = governor(tmp_path / "ledger", Caps(), price=price)
    governed.receive("w", Reserve("a", "m", usage_bound(6000)), START)
    governed.tick(START)
    assert governed.balances.charged_nano == 9 * MILLI
    governed.receive("w", Settle("a", "m", TokenUsage(0, 9000)), START)
    governed.receive("w", Reserve("b", "m", usage_bound(1)), START + 1)
    assert admitted(governed.tick(START + 1)) == ["b"]
    assert governed.balances.open_reservations["b"].output_tokens == 3001


def test_tokens_beyond_the_texts_that_the_settings_allow_for_are_reserved(tmp_path: Path) -> None:
    price = replace(DOLLAR_PER_MILLION, extra_input_tokens=3000)
    governed = governor(tmp_path / "ledger", Caps(), price=price)
    governed.receive("w", Reserve("a", "m", usage_bound(6000)), START)
    governed.tick(START)
    assert governed.balances.charged_nano == 9 * MILLI
    assert governed.balances.open_reservations["a"].input_tokens == 3000
