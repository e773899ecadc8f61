"""Sentence on how far countries agree with each other, as a yardstick for models."""

from __future__ import annotations

from culture_ray.report.cell_refs import cell_ref, numbered_rows
from culture_ray.report.content import ReportContent
from culture_ray.report.formatting import Number, Sentence


def countries_apart(content: ReportContent) -> Sentence:
    """Return the mean alignment and gap over pairs of countries; empty below two countries."""
    countries = {p.id for p in content.populations if p.kind == "country"}
    rows = [] if content.correlations is None else numbered_rows(content.correlations)
    pairs = [
        row
        for row in rows
        if {row["population"], row["other"]} <= countries
        and row["alignment"] is not None
        and row["gap"] is not None
    ]
    if not pairs:
        return ()

    def mean(column: str, digits: int) -> Number:
        value = sum(row[column] for row in pairs) / len(pairs)
        return Number(value, digits, cell_ref("correlations", pairs, column, "mean"))

    number = Number(len(pairs), source=cell_ref("correlations", pairs, "", "rows"))
    one = len(pairs) == 1
    who, end = ("the", ".") if one else ("any", " (means over ")
    ending: Sentence = (end,) if one else (end, number, " pairs).")
    return (
        f"For comparison, the answers of {who} two countries in this run are"
        f"{'' if one else ' on average'} ", mean("gap", 0), " points apart, with an alignment "
        "(rank correlation over topics) of ", mean("alignment", 2), *ending,
    )  # fmt: skip
