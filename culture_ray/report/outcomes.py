"""Outcomes of requests: disjoint counts that add up to the number of requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

OUTCOME_LABELS = {
    "used": "used",
    "excluded": "excluded by a rule",
    "undefined": "undefined (no pro or con)",
    "refusals": "refusals",
    "empty": "empty",
    "unparsable": "unparsable",
    "judge_errors": "judge errors",
    "failed": "failed",
    "not_drawn": "outside the judge's sample",
}
"""Columns of tables.QUALITY that are disjoint outcomes -> labels; other columns overlap."""

FLAGS = ("truncated", "repetitive", "wrong_language")
"""Columns of tables.QUALITY that are properties of responses, whatever their outcome."""

_IMPORTED = "imported"
"""Protocol of responses that were elicited elsewhere."""

_MAX_FAULTS = 12
"""Limit on sentences: in a run that has just begun, every row has a fault."""


def is_imported(quality: pa.Table) -> bool:
    """Return True if all responses were elicited and labelled elsewhere.

    Such a run holds labelled responses alone: how many others there were is not known.
    """
    return set(quality.column("protocol").to_pylist()) == {_IMPORTED}


def outcome_counts(row: Mapping[str, Any]) -> dict[str, int]:
    """Return the number of requests with each outcome, from one row of tables.QUALITY."""
    return {kind: row[kind] or 0 for kind in OUTCOME_LABELS}


def asked_column(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the column of tables.QUALITY whose numbers the outcomes of these rows add up to.

    It is `questions` where a request asks several, and otherwise `requests`.
    """
    several = any((row.get("questions") or 0) > row["requests"] for row in rows)
    return "questions" if several else "requests"


def faults(
    quality: pa.Table, benchmarks: pa.Table | None = None, ratings: pa.Table | None = None
) -> list[str]:
    """Return a sentence per row of tables.QUALITY whose outcomes do not add up to its requests.

    Requests may be unanswered, unjudged or counted twice. `benchmarks` are the outcomes of their
    requests, as tables.BENCHMARK_QUALITY, and `ratings` those of the ratings of their answers, as
    tables.RATING_QUALITY. Beyond 12 rows, the last sentence gives the number of
    further ones.
    """
    found = _faults(quality)
    for row in [] if benchmarks is None else benchmarks.to_pylist():
        where = f"{row['model']} in {row['language']} ({row['benchmark']})"
        found += _faults_of_rows(where, row["requests"], row["rows"])
    for row in [] if ratings is None else ratings.to_pylist():
        if row["rows"] < row["answers"]:
            found.append(
                f"{row['model']} in {row['language']} ({row['benchmark']}): "
                f"{row['answers'] - row['rows']:,} of {row['answers']:,} answers have no rating "
                f"from {row['judge']} yet."
            )
    if len(found) > _MAX_FAULTS:
        rest = len(found) - _MAX_FAULTS + 1
        more = f"{rest:,} more rows have such faults: see “Data quality”."
        return [*found[: _MAX_FAULTS - 1], more]
    return found


def _faults(quality: pa.Table) -> list[str]:
    found: list[str] = []
    for row in quality.to_pylist():
        requests, rows, total = row["requests"], row["rows"], sum(outcome_counts(row).values())
        asked = row[asked_column([row])]
        where = f"{row['model']} in {row['language']} ({row['protocol']})"
        if rows != requests:
            found += _faults_of_rows(where, requests, rows)
        elif total < asked:
            judge = row["judge"] or "its judge"
            found.append(
                f"{where}: {asked - total:,} of {asked:,} responses have no label from {judge} yet."
            )
        elif total > asked:
            found.append(f"{where}: {total:,} outcomes for {asked:,} requests.")
    return found


def _faults_of_rows(where: str, requests: int | None, rows: int) -> list[str]:
    if requests is None or rows == requests:
        return []
    if rows < requests:
        return [f"{where}: {requests - rows:,} of {requests:,} requests have no row yet."]
    return [f"{where}: {requests:,} requests but {rows:,} rows."]
