"""Search for result files of benchmark harnesses, and readers of JSON and JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from culture_ray.errors import BadTable
from culture_ray.survey.json_values import values_of_line

PATTERNS = {"euroeval": "*.jsonl", "lm_eval": "results*.json", "every_eval_ever": "*.json*"}
"""Patterns of the names of result files, by harness."""


def result_files(paths: Sequence[Path], harness: str) -> list[Path]:
    """Return the given files, and the sorted result files below the given folders.

    Raises BadTable for a path that does not exist, and for a folder without result files.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            within = [
                p for p in sorted(path.rglob(PATTERNS[harness])) if not _of_answers(p, harness)
            ]
            if not within:
                raise BadTable(f"{path}: no file {PATTERNS[harness]} of {harness} in this folder")
            found += within
        elif path.is_file():
            found.append(path)
        else:
            raise BadTable(f"{path}: there is no such file: set file=PATH to {harness}'s results")
    return list(dict.fromkeys(found))


def _of_answers(path: Path, harness: str) -> bool:
    """Return True for the answers that Every Eval Ever keeps beside a record of their scores."""
    return harness == "every_eval_ever" and path.name.endswith("_samples.jsonl")


def json_lines(paths: Sequence[Path]) -> Iterator[tuple[str, Any]]:
    """Yield the file and number of each non-empty line, and its content; raises BadTable.

    Two records on one line, as when a job ended before its line break, are two contents.
    """
    for path in paths:
        for number, line in enumerate(_text(path).splitlines(), start=1):
            if line.strip():
                where = f"{path}, line {number}"
                for value in values_of_line(where, line):
                    yield where, value


def json_files(paths: Sequence[Path]) -> Iterator[tuple[str, Any]]:
    """Yield the path and content of each file; raises BadTable."""
    for path in paths:
        yield str(path), _parsed(str(path), _text(path))


def json_records(paths: Sequence[Path]) -> Iterator[tuple[str, Any]]:
    """Yield the records of JSON files, and of each line of JSON lines; raises BadTable."""
    for path in paths:
        yield from (json_lines if path.suffix == ".jsonl" else json_files)([path])


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise BadTable(f"{path}: cannot be read: {problem}") from problem


def _parsed(where: str, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as problem:
        raise BadTable(
            f"{where}: not valid JSON ({problem.msg}, column {problem.colno})"
        ) from problem
