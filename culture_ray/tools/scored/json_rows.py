"""Tables in JSON: an array of objects, an object per line, or an object of columns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from culture_ray.errors import BadTable
from culture_ray.survey.json_values import values_of_line
from culture_ray.tools.scored.table import ScoredTable

_EXPECTED = "an array of objects, an object per line, or an object of columns of equal length"


def json_table(source: str, text: str) -> ScoredTable:
    """Return the rows of a JSON text; a key that a row lacks is null. Raises BadTable."""
    try:
        content = json.loads(text)
    except RecursionError as problem:
        raise BadTable(f"{source} is nested too deeply: expected {_EXPECTED}") from problem
    except json.JSONDecodeError as problem:
        lines = [(n, line) for n, line in enumerate(text.splitlines(), start=1) if line.strip()]
        if not lines[0][1].rstrip().endswith("}"):
            raise BadTable(
                f"{source}, line {problem.lineno}: not valid JSON ({problem.msg}, column "
                f"{problem.colno})"
            ) from problem
        content = [
            value
            for number, line in lines
            for value in values_of_line(f"{source}, line {number}", line)
        ]
    rows = _rows(source, content)
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = tuple([row.get(name) for row in rows] for name in names)
    return ScoredTable(source, tuple(str(name).strip() for name in names), columns)


def _rows(source: str, content: Any) -> list[Mapping[str, Any]]:
    if isinstance(content, Mapping):
        content = _rows_of_object(content)
    if isinstance(content, list) and content and all(isinstance(row, list) for row in content):
        content = _rows_below(content[0], content[1:]) or content
    if not isinstance(content, list) or not content:
        raise BadTable(f"{source} holds no rows: expected {_EXPECTED}")
    for number, row in enumerate(content, start=1):
        if not isinstance(row, Mapping):
            kind = type(row).__name__
            raise BadTable(
                f"{source}: entry {number} is not an object but {kind}: expected {_EXPECTED}"
            )
    return content


def _rows_of_object(content: Mapping[str, Any]) -> list[Any] | None:
    """Return the rows of an object: one row, its only array of objects, or its columns."""
    if isinstance(content.get("columns"), list) and isinstance(content.get("data"), list):
        return _rows_below(content["columns"], content["data"])  # as pandas splits a frame
    values = list(content.values())
    arrays = [v for v in values if isinstance(v, list) and v and isinstance(v[0], Mapping)]
    if len(arrays) == 1:
        return arrays[0]
    if values and all(isinstance(value, Mapping) for value in values):
        if all(map(str.isdecimal, content)) and not any(map(str.isdecimal, values[0])):
            return values  # rows by their number
        values = [list(value.values()) for value in values]  # as pandas writes a frame
    lengths = {len(value) for value in values if isinstance(value, list)}
    if values and all(isinstance(value, list) for value in values) and len(lengths) == 1:
        return [dict(zip(content, row, strict=True)) for row in zip(*values, strict=True)]
    return [content] if values and not all(isinstance(v, list | Mapping) for v in values) else None


def _rows_below(names: Any, rows: Any) -> list[Any] | None:
    """Return rows as objects from lists of their cells; None if these do not fit the names."""
    if not all(isinstance(name, str) for name in names) or not rows:
        return None
    if not all(isinstance(row, list) and len(row) == len(names) for row in rows):
        return None
    return [dict(zip(names, row, strict=True)) for row in rows]
