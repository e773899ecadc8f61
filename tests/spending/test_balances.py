from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.spending.balances import Balances, Caps
from culture_ray.spending.records import (
    AccountOpened,
    Record,
    Reserved,
    Settled,
    Unresolved,
    Voided,
)

RUNS, STAGES, MODELS = ["r", "s"], ["elicit", "judge"], ["m", "n"]


def _reserved(ticket: str, nano: int, run: str, stage: str, model: str) -> Reserved:
    return Reserved(ticket, run, stage, model, "standard", 1, 1, nano, model, 1.0, 0.0)


def _settled(ticket: str, nano: int) -> Settled:
    return Settled(ticket, nano, nano + 1, nano + 2, nano + 3, nano + 4, "standard", 1.0, 0.0)


@st.composite
def ledgers(draw: st.DrawFn) -> list[Record]:
    """Draw a ledger of many attempts: each ends some records later, or never, or twice."""
    timed: list[tuple[int, Record]] = [(0, AccountOpened("run a"))]
    key = st.tuples(*map(st.sampled_from, (RUNS, STAGES, MODELS)))
    end = st.tuples(st.sampled_from("svu-"), st.integers(0, 9), st.integers(0, 1000))
    attempts = st.lists(
        st.tuples(st.integers(0, 1000), key, st.lists(end, max_size=2)), min_size=8, max_size=25
    )
    for number, (nano, (run, stage, model), ends) in enumerate(draw(attempts)):
        ticket = f"t{number % 20}"  # the last ones may come again
        timed.append((10 * number, _reserved(ticket, nano, run, stage, model)))
        for kind, later, billed in ends:
            record = {
                "s": _settled(ticket, billed),
                "v": Voided(ticket, "429", 0.0),
                "u": Unresolved(ticket, "timeout", 0.0),
                "-": Voided("unknown", "429", 0.0),
            }[kind]
            timed.append((10 * (number + later) + 1, record))
    return [record for _, record in sorted(timed, key=lambda pair: pair[0])]


@dataclass
class _Attempt:
    reserved: Reserved
    end: Record | None = None

    @property
    def charged(self) -> int:
        if isinstance(self.end, Voided):
            return 0
        return self.end.nano if isinstance(self.end, Settled) else self.reserved.nano


def _attempts(records: list[Record]) -> list[_Attempt]:
    """Return the attempts of a ledger: a reservation and the first record that ends it."""
    attempts: list[_Attempt] = []
    for record in records:
        if isinstance(record, AccountOpened):
            continue
        at = [a for a in attempts if a.reserved.ticket == record.ticket and a.end is None]
        if isinstance(record, Reserved):
            attempts += [] if at else [_Attempt(record)]
        elif at:
            at[0].end = record
    return attempts


def _expected_total(attempts: list[_Attempt]) -> dict[str, int]:
    settled = [a.end for a in attempts if isinstance(a.end, Settled)]
    voided = [a for a in attempts if isinstance(a.end, Voided)]
    unresolved = [a for a in attempts if not isinstance(a.end, Settled | Voided)]
    return {
        "attempts": len(attempts),
        "settled": len(settled),
        "voided": len(voided),
        "unresolved": len(unresolved),
        "settled_nano": sum(end.nano for end in settled),
        "unresolved_nano": sum(a.reserved.nano for a in unresolved),
        "input_tokens": sum(end.input_tokens for end in settled),
        "cached_tokens": sum(end.cached_tokens for end in settled),
        "output_tokens": sum(end.output_tokens for end in settled),
        "reasoning_tokens": sum(end.reasoning_tokens for end in settled),
    }


def _applied(records: list[Record]) -> Balances:
    balances = Balances()
    for record in records:
        balances.apply(record)
    return balances


@pytest.mark.slow
@given(ledgers())
def test_balances_are_those_of_the_attempts_one_by_one(records: list[Record]) -> None:
    balances, attempts = _applied(records), _attempts(records)
    by_key: dict[tuple[str, str, str], list[_Attempt]] = defaultdict(list)
    for attempt in attempts:
        one = attempt.reserved
        by_key[one.run, one.stage, one.model].append(attempt)
    totals = {key: vars(total) for key, total in balances.totals.items()}
    assert totals == {key: _expected_total(own) for key, own in by_key.items()}
    assert balances.charged_nano == sum(attempt.charged for attempt in attempts)
    assert balances.charged_nano == sum(t.charged_nano for t in balances.totals.values())
    assert balances.open_reservations == {
        a.reserved.ticket: a.reserved for a in attempts if a.end is None
    }
    for run in RUNS:
        of_run = [a for a in attempts if a.reserved.run == run]
        assert balances.dollars_by_model(run) == {
            model: pytest.approx(
                sum(a.charged for a in of_run if a.reserved.model == model) / 1e9, abs=1e-15
            )
            for model in {a.reserved.model for a in of_run}
        }


SLACKS = st.none() | st.sampled_from((-1, 0))


@pytest.mark.slow
@given(
    ledgers(), SLACKS, SLACKS, SLACKS, st.sampled_from(STAGES), st.sampled_from(MODELS),
    st.integers(1, 1000), st.sets(st.integers(0, 19)),
)  # fmt: skip
def test_a_reservation_is_refused_where_a_cap_that_applies_would_be_passed(
    records: list[Record],
    of_all: int | None,
    of_model: int | None,
    of_stage: int | None,
    stage: str,
    model: str,
    nano: int,
    refundable: set[int],
) -> None:
    """Every cap holds just the reservation, or a nanodollar less, or does not exist."""
    balances = _applied(records)
    refunded = [
        r for ticket, r in balances.open_reservations.items() if int(ticket[1:]) in refundable
    ]
    charged = [a for a in _attempts(records) if a.end or a.reserved not in refunded]
    caps = {
        "spending.cap_dollars": (of_all, sum(a.charged for a in charged)),
        f"spending.models.{model}": (
            of_model, sum(a.charged for a in charged if a.reserved.model == model)
        ),
        f"spending.stages.{stage}": (
            of_stage, sum(a.charged for a in charged if a.reserved.stage == stage)
        ),
    }  # fmt: skip
    total, of_this, at_this = (
        None if slack is None else spent + nano + slack for slack, spent in caps.values()
    )
    others = {"another": 0}
    limits = Caps(
        total,
        others if of_this is None else others | {model: of_this},
        others if at_this is None else others | {stage: at_this},
    )
    passed = [name for name, (slack, _) in caps.items() if slack == -1]
    refusal = balances.refusal(limits, stage, model, nano, refunded)
    assert (refusal is not None) == bool(passed)
    if refusal is not None:
        assert f"of {passed[0]}=$" in refusal


def test_a_refusal_names_the_cap_what_is_charged_and_what_the_request_may_cost() -> None:
    balances = _applied([_reserved("a", 1_500_000_000, "r", "judge", "m")])
    caps = Caps.of_dollars(models={"m": 2.0}, stages={"judge": 9.0})
    refusal = balances.refusal(caps, "judge", "m", 700_000_000)
    assert refusal is not None
    assert "$1.5000 of spending.models.m=$2 is spent or reserved" in refusal
    assert "the next judge request to m may cost $0.7000" in refusal


def test_caps_in_dollars_are_nanodollars_and_absent_ones_no_caps() -> None:
    assert Caps.of_dollars() == Caps(None, {}, {})
    assert Caps.of_dollars(1.5, {"m": 0.25}, {"judge": 0.0}) == Caps(
        1_500_000_000, {"m": 250_000_000}, {"judge": 0}
    )
