"""What became of every request, as parts that add up to the whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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


def fates(row: Mapping[str, Any]) -> dict[str, int]:
    """Return the parts of one row of tables.QUALITY."""
    return {kind: row[kind] or 0 for kind in FATE_WORDS}


def accounted(row: Mapping[str, Any]) -> bool:
    """Return whether the parts add up to the requests, so that none is lost or told twice."""
    return bool(sum(fates(row).values()) == row["requests"])
