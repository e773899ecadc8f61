"""Sentences on effects that are smaller than the smallest of interest, from their tests alone."""

from __future__ import annotations

from collections.abc import Sequence

from culture_ray.report.cell_refs import cell_ref, numbered_rows
from culture_ray.report.cell_values import Row
from culture_ray.report.coefficient_names import coefficient_name
from culture_ray.report.content import ReportContent
from culture_ray.report.formatting import Number, Sentence, listed

_BIAS = "us_bias"
_TABLE = "equivalence"


def equivalence_sentences(content: ReportContent) -> list[Sentence]:
    """Return a sentence on US bias and one per design; empty without equivalence.csv.

    No difference, or no slope, is only claimed where two one-sided tests reject a larger one.
    """
    if content.equivalence is None:
        return []
    rows: Sequence[Row] = numbered_rows(content.equivalence)
    names = {language.code: language.name for language in content.languages}
    found: list[Sentence] = []
    for regression in dict.fromkeys(row["regression"] for row in rows):
        own = [row for row in rows if row["regression"] == regression]
        single = [row for row in own if row["p_holm"] is not None]
        others = [row for row in own if row["p_holm"] is None]
        if regression == _BIAS:
            found.append((*_claims(others, "Size of US bias", names), *_cells(single)))
        else:
            found.append(_claims(others, f"Size of the slope of capability ({regression})", names))
    return [sentence for sentence in found if sentence]


def _claims(rows: Sequence[Row], what: str, names: dict[str, str]) -> Sentence:
    """Return the sentence on means or slopes."""
    tested = [row for row in rows if row["equivalent"] is not None]
    if not tested:
        return ()
    smaller = [row for row in tested if row["equivalent"]]
    size = Number(
        tested[0]["smallest_effect"], None, cell_ref(_TABLE, tested[:1], "smallest_effect")
    )
    if not smaller:
        return (
            f"{what}: no effect is shown to be smaller than ", size,
            ", the smallest effect size of interest. Where the 95 % interval includes zero, "
            "neither an effect nor its absence is established.",
        )  # fmt: skip
    terms = listed([coefficient_name(row["term"]).text(names) for row in smaller])
    return (
        f"{what}: for {terms}, an effect larger than ", size,
        " in either direction is ruled out (two one-sided t tests at 5 %).",
    )  # fmt: skip


def _cells(rows: Sequence[Row]) -> Sentence:
    """Return the part on single cells, whose tests allow for their number."""
    smaller = [row for row in rows if row["equivalent"]]
    if not rows:
        return ()
    return (
        " Of ", Number(len(rows), source=cell_ref(_TABLE, rows, how="rows")),
        " combinations of model and language, ",
        Number(len(smaller), source=cell_ref(_TABLE, smaller, how="rows")),
        f" {'has' if len(smaller) == 1 else 'have'} a US bias shown to be smaller than that, after "
        "Holm correction.",
    )  # fmt: skip
