"""What became of every request, as parts that add up to the whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

FATE_WORDS = {
    "used": "used",
    "excluded": "excluded by a rule",
    "undefined": "undefined (no pro or con)",
    "refusals": "refusals",
    "empty": "empty",
    "unparsable": "unparsable",
    "judge_errors": "judge errors",
    "failed": "failed",
}
"""Columns of tables.QUALITY that are parts of a whole -> words; the other columns overlap."""

FLAGS = ("truncated", "repetitive", "wrong_language")
"""Columns of tables.QUALITY that are properties of responses, whatever became of them."""

_MOST_FAULTS = 12
"""Sentences at most: a run that has just begun has something to tell of every row."""


def outcomes(row: Mapping[str, Any]) -> dict[str, int]:
    """Return the parts of one row of tables.QUALITY."""
    return {kind: row[kind] or 0 for kind in FATE_WORDS}


def faults(quality: pa.Table) -> list[str]:
    """Return one sentence per row of a table of QUALITY with requests that are not answered or not
    judged yet, that are doubled, or told twice; of many rows, of the first ones.
    """
    found: list[str] = []
    for row in quality.to_pylist():
        asked, rows, told = row["requests"], row["rows"], sum(outcomes(row).values())
        where = f"{row['model']} in {row['language']} ({row['protocol']})"
        if rows < asked:
            found.append(f"{where}: {asked - rows:,} of {asked:,} requests have no row yet.")
        elif rows > asked:
            found.append(f"{where}: {asked:,} requests but {rows:,} rows.")
        elif told < asked:
            judge = row["judge"] or "its judge"
            found.append(
                f"{where}: {asked - told:,} of {asked:,} responses have no label of {judge} yet."
            )
        elif told > asked:
            found.append(f"{where}: {told:,} outcomes of {asked:,} requests.")
    if len(found) > _MOST_FAULTS:
        rest = len(found) - _MOST_FAULTS + 1
        return [*found[: _MOST_FAULTS - 1], f"The same of {rest:,} more: “Data quality” has them."]
    return found
