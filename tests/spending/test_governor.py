from __future__ import annotations

from pathlib import Path

from culture_ray.errors import CapReached
from culture_ray.spending.account import TokenUsage
from culture_ray.spending.balances import Caps
from culture_ray.spending.governor import DEAD_AFTER_S, Governor
from culture_ray.spending.limiter import Limits
from culture_ray.spending.messages import Flying, MarkUnresolved, Reserve, Settle, Verdict, Void
from tests.spending.builders import START, ask, governor

MILLI = 1_000_000
"""Nanodollars of 1000 tokens."""


def _asked(who: Governor, tickets: dict[str, int], now: float = START, worker: str = "w") -> None:
    for ticket, tokens in tickets.items():
        who.hear(worker, Reserve(ticket, "m", ask(tokens)), now)


def _granted(verdicts: list[tuple[str, Verdict]]) -> list[str]:
    return [verdict.ticket for _, verdict in verdicts if verdict.refused is None]


def _refused(verdicts: list[tuple[str, Verdict]]) -> list[str]:
    return [verdict.ticket for _, verdict in verdicts if verdict.refused is not None]


def test_a_request_that_does_not_fit_waits_while_what_is_under_way_may_make_room(
    tmp_path: Path,
) -> None:
    who = governor(tmp_path / "ledger", Caps(total=10 * MILLI))
    _asked(who, {"a": 6000, "b": 6000})
    assert _granted(who.turn(START)) == ["a"]
    assert who.turn(START + 1) == []
    who.hear("w", Settle("a", "m", TokenUsage(0, 2000)), START + 2)
    assert _granted(who.turn(START + 2)) == ["b"]


def test_a_request_that_can_never_fit_is_refused_and_never_shrunk(tmp_path: Path) -> None:
    who = governor(tmp_path / "ledger", Caps(total=10 * MILLI))
    _asked(who, {"a": 11_000})
    [(_, verdict)] = who.turn(START)
    assert isinstance(verdict.refused, CapReached)
    assert "spending.cap_dollars=$0.01" in str(verdict.refused)
    assert "raise" in str(verdict.refused)
    assert who.books.nano == 0


def test_what_was_given_up_is_charged_for_good(tmp_path: Path) -> None:
    who = governor(tmp_path / "ledger", Caps(total=10 * MILLI))
    _asked(who, {"a": 6000, "b": 6000})
    who.turn(START)
    who.hear("w", MarkUnresolved("a", "timeout"), START + 1)
    assert _refused(who.turn(START + 1)) == ["b"]
    who.hear("w", Settle("a", "m", TokenUsage(0, 1)), START + 2)
    who.turn(START + 2)
    assert who.books.nano == 6 * MILLI


def test_what_was_not_billed_is_given_back(tmp_path: Path) -> None:
    who = governor(tmp_path / "ledger", Caps(total=10 * MILLI))
    _asked(who, {"a": 6000})
    who.turn(START)
    who.hear("w", Void("a", "429"), START)
    who.turn(START)
    assert who.books.nano == 0


def test_a_dead_workers_requests_stay_charged_and_nobody_waits_for_them(tmp_path: Path) -> None:
    who = governor(tmp_path / "ledger", Caps(total=10 * MILLI))
    _asked(who, {"a": 6000}, worker="dead")
    who.turn(START)
    later = START + DEAD_AFTER_S + 1
    _asked(who, {"b": 6000}, later, worker="w")
    assert _refused(who.turn(later)) == ["b"]
    assert who.books.nano == 6 * MILLI


def test_a_governor_that_restarts_knows_what_is_spent_and_sent(tmp_path: Path) -> None:
    path, caps = tmp_path / "ledger", Caps(total=20 * MILLI)
    first = governor(path, caps, limits=Limits(60, None))
    _asked(first, {"a": 6000, "b": 3000})
    assert _granted(first.turn(START)) == ["a"]
    second = governor(path, caps, limits=Limits(60, None), now=START + 0.1)
    assert second.books.nano == 6 * MILLI
    _asked(second, {"c": 1000}, START + 0.1)
    assert _granted(second.turn(START + 0.1)) == []  # it knows that one was just sent
    assert _granted(second.turn(START + 1.1)) == ["c"]
    second.hear("w", Settle("a", "m", TokenUsage(0, 2000)), START + 2)
    second.turn(START + 2)
    assert second.books.nano == 3 * MILLI


def test_a_grant_whose_answer_was_lost_is_given_again_and_charged_once(tmp_path: Path) -> None:
    path, caps = tmp_path / "ledger", Caps(total=20 * MILLI)
    first = governor(path, caps)
    _asked(first, {"a": 6000})
    first.turn(START)
    second = governor(path, caps)
    assert second.hear("w", Reserve("a", "m", ask(6000)), START) == [Verdict("a")]
    second.turn(START)
    assert second.books.nano == 6 * MILLI


def test_a_restarted_governor_hopes_again_for_what_workers_say_is_under_way(
    tmp_path: Path,
) -> None:
    path, caps = tmp_path / "ledger", Caps(total=10 * MILLI)
    first = governor(path, caps)
    _asked(first, {"a": 6000})
    first.turn(START)
    second = governor(path, caps)
    second.hear("w", Flying(("a",)), START)
    _asked(second, {"b": 6000})
    assert second.turn(START) == []


def test_two_jobs_on_one_ledger_share_one_rate_limit(tmp_path: Path) -> None:
    jobs = [governor(tmp_path / "ledger", Caps(), limits=Limits(600, None)) for _ in range(2)]
    granted: list[float] = []
    for step in range(2000):
        now = START + step * 0.03
        for index, job in enumerate(jobs):
            job.hear("w", Reserve(f"{index}-{step}", "m", ask(1)), now)
            granted += [now + v.delay for _, v in job.turn(now) if v.refused is None]
    first_minute = [at for at in granted if at < START + 60]
    assert 0.97 * 600 <= len(first_minute) <= 600


def test_two_jobs_on_one_ledger_share_one_cap(tmp_path: Path) -> None:
    first, second = (governor(tmp_path / "ledger", Caps(total=10 * MILLI)) for _ in range(2))
    _asked(first, {"a": 7000})
    assert _granted(first.turn(START)) == ["a"]
    _asked(second, {"b": 7000, "c": 3000})
    verdicts = second.turn(START)
    assert (_granted(verdicts), _refused(verdicts)) == (["c"], ["b"])


def test_unlimited_asks_wait_for_no_rate_limit(tmp_path: Path) -> None:
    """Batches."""
    who = governor(tmp_path / "ledger", Caps(), limits=Limits(1, 1))
    for index in range(50):
        who.hear("w", Reserve(f"b{index}", "m", ask(10, limited=False)), START)
    assert len(_granted(who.turn(START))) == 50


def test_requests_of_a_model_go_in_the_order_they_came(tmp_path: Path) -> None:
    who = governor(tmp_path / "ledger", Caps(), limits=Limits(None, 60_000))
    order = {f"t{index}": 5000 if index % 5 == 0 else 10 for index in range(40)}
    _asked(who, order)
    granted: list[str] = []
    for step in range(1000):
        who.alive("w", START + step * 0.25)
        granted += _granted(who.turn(START + step * 0.25))
    assert granted == list(order)


def test_a_request_that_is_called_off_while_it_waits_takes_nothing(tmp_path: Path) -> None:
    who = governor(tmp_path / "ledger", Caps(), limits=Limits(1, None))
    _asked(who, {"a": 10, "b": 10, "c": 10})
    assert _granted(who.turn(START)) == ["a"]
    who.hear("w", Void("b", "never sent", sent=False), START)
    who.alive("w", START + 61)
    assert _granted(who.turn(START + 61)) == ["c"]
    assert who.books.totals["a", "elicit", "m"].attempts == 2
