"""Sentences on figures corrected by reference labels, beside the judged ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from culture_ray.report.cell_refs import cell_ref, numbered_rows
from culture_ray.report.cell_values import Row
from culture_ray.report.content import ReportContent
from culture_ray.report.formatting import Number, Sentence

_TABLE, _R = "label_corrected", 2
_FIGURES = {
    "alignment_language": "alignment with the speakers of the prompt's language",
    "us_minus_native": "US bias",
}
_PEOPLE = "people"


def label_corrected_sentences(content: ReportContent) -> list[Sentence]:
    """Return a sentence per reference and figure on its mean over the cells with labels."""
    if content.label_corrected is None:
        return []
    rows: Sequence[Row] = numbered_rows(content.label_corrected)
    return list(_sentences([r for r in rows if r["model"] is None and r["language"] is None]))


def _sentences(means: Sequence[Row]) -> Iterator[Sentence]:
    for row in means:
        what = _FIGURES.get(row["figure"])
        if what is None or row["corrected"] is None or row["ci_low"] is None:
            continue
        yield (
            f"With labels by {_source(row['reference'])} for ", _number(row, "labels", None),
            f" responses, mean {what} over ", _number(row, "cells", None),
            f" combination{'s' * (row['cells'] != 1)} of model and language is ",
            _number(row, "corrected"),
            " (95 % interval ", _number(row, "ci_low"), " to ", _number(row, "ci_high"),
            "), instead of ", _number(row, "judged"),
            " with those by the judge alone; the difference, ", _number(row, "moves"), " (",
            _number(row, "moves_ci_low"), " to ", _number(row, "moves_ci_high"), "), is ",
            _verdict(row),
        )  # fmt: skip


def _source(reference: str) -> str:
    return _PEOPLE if reference == _PEOPLE else f"judge {reference}"


def _verdict(row: Row) -> str:
    low, high = row["moves_ci_low"], row["moves_ci_high"]
    if low > 0 or high < 0:
        return "larger than the error of topics and labels: the judge distorts this figure."
    return "within the error of topics and labels."


def _number(row: Row, column: str, digits: int | None = _R) -> Number:
    return Number(row[column], digits, cell_ref(_TABLE, [row], column))
