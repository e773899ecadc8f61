"""Files of benchmark harnesses: found below folders, and read as JSON, line by line or whole."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from culture_ray.errors import BadTable

PATTERNS = {"euroeval": "*.jsonl", "lm_eval": "results*.json"}
"""By harness, what its result files are called."""


def result_files(given: Sequence[Path], harness: str) -> list[Path]:
    """Return the result files that are named, or lie below folders that are named, sorted.

    Raises BadTable for a path that is not there, and for a folder without such files.
    """
    found: list[Path] = []
    for path in given:
        if path.is_dir():
            within = sorted(path.rglob(PATTERNS[harness]))
            if not within:
                raise BadTable(f"{path}: no file {PATTERNS[harness]} of {harness} in this folder")
            found += within
        elif path.is_file():
            found.append(path)
        else:
            raise BadTable(f"{path}: there is no such file: give file=PATH of {harness}'s results")
    return list(dict.fromkeys(found))


def json_lines(paths: Sequence[Path]) -> Iterator[tuple[str, Any]]:
    """Yield each line that is not empty, with where it stands; raises BadTable."""
    for path in paths:
        for number, line in enumerate(_text(path).splitlines(), start=1):
            if line.strip():
                where = f"{path}, line {number}"
                yield where, _parsed(where, line)


def json_files(paths: Sequence[Path]) -> Iterator[tuple[str, Any]]:
    """Yield the content of each file, with its path; raises BadTable."""
    for path in paths:
        yield str(path), _parsed(str(path), _text(path))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise BadTable(f"{path}: cannot be read: {problem}") from problem


def _parsed(where: str, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as problem:
        raise BadTable(f"{where}: is no JSON ({problem.msg}, column {problem.colno})") from problem
