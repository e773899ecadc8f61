"""Names for readers of the values that tables hold as codes; the files keep the codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from culture_ray.report.coefficient_names import coefficient_name
from culture_ray.report.content import ReportContent
from culture_ray.report.measure_names import measure_name
from culture_ray.report.page.tables.html_table import Names

_TERMS = ("term", "moves")
"""Columns that hold terms of a regression."""


def display_names(content: ReportContent, table: pa.Table) -> dict[str, Names]:
    """Return the names of a table's languages, populations, measures and terms, by column.

    A row without a model or a language is about all of them, and one without a note has none.
    """
    languages: dict[str | None, str] = {x.code: x.name for x in content.languages}
    return {
        "model": {None: "all models"},
        "language": {None: "all languages", **languages},
        "note": {None: ""},
        "population": {p.id: p.label or p.id for p in content.populations},
        "group": {"all": "all", **languages},
        "figure": {value: measure_name(value) for value in _values(table, "figure")},
        "rule": {value: value.replace("_", " ") for value in _values(table, "rule")},
        **{column: _term_names(content, table, column) for column in _TERMS},
    }


def in_order_of_models(content: ReportContent) -> Callable[[dict[str, Any]], tuple[int, int]]:
    """Return the key that sorts rows by model and language as the run lists them."""
    models = {model.name: place for place, model in enumerate(content.models)}
    languages = {x.code: place for place, x in enumerate(content.languages)}
    return lambda row: (models.get(row["model"], -1), languages.get(row["language"], -1))


def _term_names(content: ReportContent, table: pa.Table, column: str) -> Names:
    languages = {x.code: x.name for x in content.languages}
    return {term: coefficient_name(term).text(languages) for term in _values(table, column)}


def _values(table: pa.Table, column: str) -> list[str]:
    """Return the distinct texts of a column; none if the table lacks it."""
    if column not in table.column_names:
        return []
    return [x for x in table.column(column).unique().to_pylist() if isinstance(x, str)]
