"""Sentences on how models answer as groups of a survey's respondents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from culture_ray.report.cell_refs import cell_ref, numbered_rows
from culture_ray.report.content import ReportContent
from culture_ray.report.formatting import Number, Sentence

_WHOLE = "profile"
"""Characteristic of figures over whole profiles."""


def group_sentences(content: ReportContent) -> list[Sentence]:
    """Return sentences on the variance between groups that models keep, and how far they move.

    Empty for a run that did not ask as respondents. The figures are over whole profiles, under the
    first protocol of the table.
    """
    rows = [] if content.groups is None else numbered_rows(content.groups)
    whole = [
        row
        for row in rows
        if (row["protocol"], row["characteristic"]) == (rows[0]["protocol"], _WHOLE)
        and row["category"] is None
        and row["value"] is not None
    ]
    one = len(content.studied) == 1
    kept, moved = (
        [row for row in whole if row["measure"] == measure]
        for measure in ("variance_kept", "steerability")
    )
    found: list[Sentence] = []
    if kept:
        begin = f"When answering as the survey’s respondents, {'the model' if one else 'models'}"
        if all(row["ci_high"] is not None and row["ci_high"] < 1 for row in kept):
            begin += (" makes" if one else " make") + " groups of people more alike than they are:"
            begin += " it" if one else " they"
        begin += " reproduces " if one else " reproduce "
        end = " of the variance between groups (1 would be all of it)."
        found.append((begin, *_range(kept), end))
    if moved:
        begin = "From group to group, " + ("its answers vary " if one else "their answers vary ")
        end = " times as much as people’s."
        found.append((begin, *_range(moved), end))
    return found


def _range(rows: Sequence[dict[str, Any]]) -> Sentence:
    """Return the one figure with its interval, or the smallest and the largest."""
    if len(rows) > 1:
        ends = [
            Number(pick(row["value"] for row in rows), 2, cell_ref("groups", rows, "value", how))
            for how, pick in (("least", min), ("most", max))
        ]
        return (ends[0], " to ", ends[1])
    (row,) = rows
    value, low, high = (
        Number(row[name] or 0.0, 2, cell_ref("groups", [row], name))
        for name in ("value", "ci_low", "ci_high")
    )
    if row["ci_low"] is None or row["ci_high"] is None:
        return (value,)
    return (value, " (95 % interval ", low, " to ", high, ")")
