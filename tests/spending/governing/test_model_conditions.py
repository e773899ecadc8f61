"""A model's outage or stop holds its own requests, and the user is told."""

from __future__ import annotations

from pathlib import Path

from culture_ray.errors import ModelStops
from culture_ray.spending.account import TokenUsage
from culture_ray.spending.balances import Caps
from culture_ray.spending.breaker import PassingFault
from culture_ray.spending.governor import Governor
from culture_ray.spending.ledger import Ledger
from culture_ray.spending.messages import (
    Answered,
    MarkUnresolved,
    ModelNotice,
    Overloaded,
    Reserve,
    Settle,
    StopModel,
    Unavailable,
    Void,
)
from tests.spending.builders import (
    START,
    admitted,
    billing,
    governor,
    refused,
    reserve,
    usage_bound,
)


def _down(governed: Governor, tickets: list[str], now: float, model: str = "m") -> None:
    for ticket in tickets:
        governed.receive("w", Unavailable(ticket, model, PassingFault("HTTP 503")), now)
        governed.receive("w", Void(ticket, "HTTP 503"), now)


def test_an_outage_holds_all_workers_but_one_probe_until_any_is_answered(tmp_path: Path) -> None:
    governed = governor(tmp_path / "ledger", Caps())
    first = [f"r{n}/1" for n in range(5)]
    reserve(governed, dict.fromkeys(first, 10))
    assert admitted(governed.tick(START)) == first
    _down(governed, first, START)
    reserve(governed, {f"s{n}/1": 10 for n in range(9)}, START, worker="other")
    assert governed.tick(START) == []
    assert admitted(governed.tick(START + 2)) == ["s0/1"]
    assert governed.tick(START + 5) == [], "one probe at a time"
    assert governed.overview(START + 5).outages["m"].reason == "HTTP 503"
    assert governed.balances.charged_nano == 10_000, "the probe alone"
    governed.receive("other", Settle("s0/1", "m", TokenUsage(0, 1)), START + 6)
    assert len(admitted(governed.tick(START + 6))) == 8
    assert not governed.overview(START + 6).outages


def test_one_models_outage_holds_no_other_model(tmp_path: Path) -> None:
    governed = governor(tmp_path / "ledger", Caps(), "m", "n")
    first = [f"r{n}/1" for n in range(5)]
    reserve(governed, dict.fromkeys(first, 10))
    governed.tick(START)
    _down(governed, first, START)
    reserve(governed, {"s/1": 10})
    governed.receive("w", Reserve("t/1", "n", usage_bound(10)), START)
    assert admitted(governed.tick(START)) == ["t/1"]


def test_a_model_that_is_stopped_or_given_up_refuses_all_that_waits_and_charges_nothing(
    tmp_path: Path,
) -> None:
    governed = governor(tmp_path / "ledger", Caps(), "m", "n")
    reserve(governed, {"a/1": 10, "b/1": 10})
    governed.receive("w", StopModel("m", "bad key"), START)
    governed.receive("w", Reserve("c/1", "n", usage_bound(10)), START)
    admissions = governed.tick(START)
    assert (refused(admissions), admitted(admissions)) == (["a/1", "b/1"], ["c/1"])
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
    reserve(governed, {f"r{n}/1": 10 for n in range(5)})
    assert admitted(governed.tick(START)) == ["r0/1"]
    governed.receive("w", MarkUnresolved("r0/1", "no usage"), START)
    governed.receive("w", Answered("r0/1", "m"), START)
    assert len(admitted(governed.tick(START + 1))) == 4


def test_a_settlement_of_an_earlier_session_is_no_sign_of_life(tmp_path: Path) -> None:
    models = billing("m")
    governed = Governor(Ledger(tmp_path / "ledger", "run a"), "a", models, Caps(), START)
    governed.receive("w", Settle("old/1", "m", TokenUsage(0, 1)), START)
    reserve(governed, {"a/1": 10, "b/1": 10})
    assert admitted(governed.tick(START)) == ["a/1"]


def test_notices_are_kept_once_for_the_driver(tmp_path: Path) -> None:
    governed = governor(tmp_path / "ledger", Caps())
    for worker in ("w", "v"):
        governed.receive(worker, ModelNotice("m", "temperature is left out"), START)
    assert governed.overview(START).notices == (("m", "temperature is left out"),)


def test_an_outage_does_not_leave_the_model_with_one_request_at_a_time(tmp_path: Path) -> None:
    governed = governor(tmp_path / "ledger", Caps())
    first = [f"r{n}/1" for n in range(20)]
    reserve(governed, dict.fromkeys(first, 10))
    governed.tick(START)
    for second, ticket in enumerate(first):
        _down(governed, [ticket], START + second)
        governed.receive("w", Overloaded("m"), START + second)
    governed.receive("w", Answered("", "m"), START + 60)
    reserve(governed, {f"s{n}/1": 10 for n in range(20)}, START + 60)
    assert len(admitted(governed.tick(START + 60))) >= 10
