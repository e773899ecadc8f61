"""Files of lexicons: terms, and the group that each belongs to, as CSV or JSON lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from culture_ray.errors import BadTable

TERM, GROUP = "term", "group"


def read_lexicon(path: Path) -> tuple[tuple[str, str], ...]:
    """Return the terms of a file with their groups; the group is empty where the file has none.

    The file has a column `term`, and may have a column `group`. Raises BadTable for a file that
    cannot be read, lacks the column, or has no terms.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise BadTable(f"{path}: cannot be read: {problem}") from problem
    rows = list(_json_lines(text, path) if path.suffix == ".jsonl" else _csv(text))
    if rows and TERM not in rows[0]:
        raise BadTable(f"{path}: no column {TERM}: there is {', '.join(map(str, rows[0]))}")
    terms = [(str(row[TERM]).strip(), str(row.get(GROUP) or "").strip()) for row in rows]
    found = tuple(dict.fromkeys(pair for pair in terms if pair[0]))
    if not found:
        raise BadTable(f"{path}: no terms: give a line with `{TERM}` for each")
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
            raise BadTable(f"{path}, line {number}: no object, but {type(row).__name__}")
        yield row
