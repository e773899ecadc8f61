"""Spending statements of a ledger, read without locking while others write to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from culture_ray.spending.balances import Balances, SpendingTotal
from culture_ray.spending.money import dollars
from culture_ray.spending.records import Record, Reserved, Settled, Unresolved, Voided, decode
from culture_ray.tables import SPENDING


@dataclass(frozen=True)
class ModelSpending:
    """Spending of one stage on one model, in dollars."""

    stage: str
    model: str
    attempts: int
    unresolved: int
    """Attempts charged at their maximum: in flight, timed out, or lost in a crash."""
    settled_dollars: float
    unresolved_dollars: float
    mean_output: float | None
    """Output tokens per settled attempt."""

    @property
    def dollars(self) -> float:
        """Return the dollars charged."""
        return self.settled_dollars + self.unresolved_dollars


def spending_of(ledger: Path, run: str | None = None) -> list[ModelSpending]:
    """Return the spending of a run, or of all runs for None, by stage and model.

    Empty if there is no ledger. A line that is just being written is skipped.
    """
    balances = Balances()
    for record in records_in(ledger):
        balances.apply(record)
    merged: dict[tuple[str, str], list[SpendingTotal]] = {}
    for (total_run, stage, model), total in balances.totals.items():
        if run in {None, total_run}:
            merged.setdefault((stage, model), []).append(total)
    return [
        _model_spending(stage, model, totals) for (stage, model), totals in sorted(merged.items())
    ]


def spending_table(ledger: Path, run: str) -> pa.Table:
    """Return the attempts of a run (SPENDING schema), in the order of their reservations."""
    rows: dict[str, dict[str, Any]] = {}
    for record in records_in(ledger):
        if isinstance(record, Reserved):
            if record.run == run:
                rows[record.ticket] = _row(record)
        elif isinstance(record, Settled | Voided | Unresolved) and record.ticket in rows:
            row = rows[record.ticket]
            if row["state"] == "open":
                row.update(_resolution(record))
    return pa.Table.from_pylist(list(rows.values()), schema=SPENDING)


def records_in(ledger: Path) -> Iterator[Record]:
    """Yield the records of a ledger up to the first incomplete line."""
    if not ledger.exists():
        return
    with ledger.open("rb") as file:
        for text in file:
            record = decode(text)
            if record is None:
                return
            yield record


def _model_spending(stage: str, model: str, totals: list[SpendingTotal]) -> ModelSpending:
    settled = sum(total.settled for total in totals)
    return ModelSpending(
        stage=stage,
        model=model,
        attempts=sum(total.attempts for total in totals),
        unresolved=sum(total.unresolved for total in totals),
        settled_dollars=dollars(sum(total.settled_nano for total in totals)),
        unresolved_dollars=dollars(sum(total.unresolved_nano for total in totals)),
        mean_output=sum(t.output_tokens for t in totals) / settled if settled else None,
    )


def _row(record: Reserved) -> dict[str, Any]:
    return {
        "ticket": record.ticket,
        "request_id": record.ticket.rpartition("/")[0],
        "run": record.run,
        "stage": record.stage,
        "model": record.model,
        "tier": record.tier,
        "state": "open",
        "dollars": dollars(record.nano),
        "reserved": dollars(record.nano),
        "sent_at": round(record.at * 1000),
    }


def _resolution(record: Settled | Voided | Unresolved) -> Mapping[str, Any]:
    if isinstance(record, Settled):
        return {
            "state": "settled",
            "tier": record.tier,
            "dollars": dollars(record.nano),
            "input_tokens": record.input_tokens,
            "cached_tokens": record.cached_tokens,
            "output_tokens": record.output_tokens,
            "reasoning_tokens": record.reasoning_tokens,
        }
    if isinstance(record, Voided):
        return {"state": "voided", "reason": record.reason, "dollars": 0.0}
    return {"state": "kept", "reason": record.reason}
