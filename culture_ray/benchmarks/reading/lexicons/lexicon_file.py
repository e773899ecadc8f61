"""Files of lexicons: terms, and the group that each belongs to, as CSV or JSON lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from culture_ray.errors import BadTable


def read_lexicon(
    path: Path, term: str = "term", group: str = "group"
) -> tuple[tuple[str, str], ...]:
    """Return the terms of a file with their groups; the group is empty where the file has none.

    The file has the column `term`, and may have the column `group`. Raises BadTable for a file that
    cannot be read, lacks the column, or has no terms.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise BadTable(f"{path}: cannot be read: {problem}") from problem
    rows = list(_json_lines(text, path) if path.suffix == ".jsonl" else _csv(text))
    lacking = next((row for row in rows if term not in row), None)
    if lacking is not None:
        raise BadTable(f"{path}: no column {term}: the columns are {', '.join(map(str, lacking))}")
    terms = [(str(row[term] or "").strip(), str(row.get(group) or "").strip()) for row in rows]
    found = tuple(dict.fromkeys(pair for pair in terms if pair[0]))
    if not found:
        raise BadTable(f"{path}: no terms: give a line with `{term}` for each")
    return found


def _csv(text: str) -> Iterator[Mapping[str, Any]]:
    yield from csv.DictReader(io.StringIO(text))


def _json_lines(text: str, path: Path) -> Iterator[Mapping[str, Any]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as problem:
            raise BadTable(f"{path}, line {number}: not valid JSON") from problem
        if not isinstance(row, Mapping):
            raise BadTable(f"{path}, line {number}: not an object, but {type(row).__name__}")
        yield row
