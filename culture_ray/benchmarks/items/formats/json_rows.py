"""Rows of JSON files: lists of objects, objects on lines, and columns by name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from culture_ray.benchmarks.items.columns import Columns, from_rows


def json_content(text: str) -> Any:
    """Return the content of a JSON file; some are JSON lines in spite of their suffix."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as problem:
        if "Extra data" not in str(problem):
            raise
        return json_lines(text)


def json_lines(text: str) -> list[Mapping[str, Any]]:
    """Return the objects of a text with one on each line; raises ValueError with the line."""
    rows: list[Mapping[str, Any]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            rows.append(dict(json.loads(line)))
        except (TypeError, ValueError) as problem:
            raise ValueError(f"line {number} is not a JSON object: {problem}") from None
    return rows


def json_columns(content: Any) -> Columns:
    """Return a list of objects as columns, or columns by name: lists, or values by row number.

    The latter are what pandas and the datasets library write. Raises ValueError for other content.
    """
    if isinstance(content, list) and all(isinstance(row, Mapping) for row in content):
        return from_rows(content)
    if isinstance(content, Mapping) and content:
        parts = list(content.values())
        if all(isinstance(one, list) and len(one) == len(parts[0]) for one in parts):
            return {str(name): list(values) for name, values in content.items()}
        if all(_by_row(one) and list(one) == list(parts[0]) for one in parts):
            return {str(name): list(values.values()) for name, values in content.items()}
    raise ValueError(
        "it is not a list of objects: name the field that holds them with the transform rows, or "
        "turn a mapping of ids into rows with the transform entries"
    )


def _by_row(values: Any) -> bool:
    """Return True for values by the number of their row, from 0."""
    return isinstance(values, Mapping) and list(values) == [str(n) for n in range(len(values))]
