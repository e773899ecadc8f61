"""Reader of delimited text: CSV with any separator, UTF-8, UTF-16 or Windows-1252."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv

from culture_ray.errors import BadTable
from culture_ray.survey.encodings import stated_encoding
from culture_ray.survey.microdata.files.wanted import DataColumns, Wanted, lacking, spelt
from culture_ray.survey.microdata.notices import Notice

SEPARATORS = ";,\t|^~: "
"""Separators that are tried, in order of precedence."""

_HEADER_WITHIN = 20
"""Number of lines among which the header is sought."""


def from_text(
    path: Path, wanted: Wanted, separator: str | None = None, encoding: str | None = None
) -> DataColumns:
    """Read the columns of a delimited text file with a header; raises BadTable.

    Without a `separator`, that of the header is the one by which most of the wanted columns are
    found. Lines before the header are left out. Without an `encoding`, values that are not UTF-8
    are read as Windows-1252 and counted.
    """
    with path.open("rb") as file:
        start = file.read(1 << 20)
    stated = stated_encoding(start)
    # Values may mix encodings, whatever a mark of UTF-8 says.
    encoding = encoding or (None if stated == "utf-8-sig" else stated)
    text = _decoded_as(start, encoding or "utf-8").lstrip("\ufeff")
    lines = re.split(r"\r\n|\r|\n", text)[:_HEADER_WITHIN]
    if not any(lines):
        raise BadTable(f"{wanted.shown}: the file is empty")
    skipped, separator = _header(lines, wanted, separator)
    names = _split(lines[skipped], separator)
    found = spelt(wanted, names)
    columns, notices = _columns(path, wanted.shown, found, separator, encoding, skipped)
    table = pa.Table.from_arrays(columns, names=list(found))
    return DataColumns(table, notices, lacking(wanted, names))


def _decoded_as(start: bytes, encoding: str) -> str:
    try:
        return start.decode(encoding, errors="replace")
    except LookupError as problem:
        raise BadTable(f"unknown encoding '{encoding}': use utf-8, latin-1 or cp1252") from problem


def _header(lines: Sequence[str], wanted: Wanted, separator: str | None) -> tuple[int, str]:
    """Return the number of lines before the header, and the separator.

    The header is the first line with most of the wanted columns: a title, a blank line or "sep=;"
    may stand before it.
    """
    names = {name.lower() for name in (*wanted.names, *wanted.optional)}

    def fit(number: int, separator: str) -> tuple[int, int, int]:
        parts = _split(lines[number], separator)
        known = sum(part.strip().lower() in names for part in parts)
        return known, -number if known else 0, len(parts) if separator != " " else 0

    tried = [
        (fit(number, each), number, each)
        for number, line in enumerate(lines)
        if line.strip()
        for each in (separator or SEPARATORS)
    ]
    _, number, found = max(tried, key=lambda one: one[0])
    return number, found


def _split(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:  # a line of more than 128 KiB is no header
        return [line]


def _columns(
    path: Path,
    shown: str,
    found: dict[str, str],
    separator: str,
    encoding: str | None,
    skipped: int,
) -> tuple[list[pa.Array[Any]], tuple[Notice, ...]]:
    try:
        table = pa.csv.read_csv(
            path,
            read_options=pa.csv.ReadOptions(encoding=encoding or "utf8", skip_rows=skipped),
            parse_options=pa.csv.ParseOptions(delimiter=separator, newlines_in_values=True),
            convert_options=pa.csv.ConvertOptions(
                include_columns=list(dict.fromkeys(found.values())),
                # Bytes, because such files may mix encodings.
                column_types={column: pa.binary() for column in found.values()},
                null_values=[],
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError, UnicodeError, LookupError) as problem:
        raise BadTable(f"{shown}: cannot be read as CSV: {str(problem)[:200]!r}") from problem
    notices = []
    columns = []
    for column in found.values():
        values, misread = _as_text(table.column(column).combine_chunks())
        columns.append(values)
        if misread:
            text = f"values of column {column} that are not UTF-8, read as Windows-1252"
            notices.append(Notice(text, misread))
    return columns, tuple(notices)


def _as_text(values: Any) -> tuple[pa.Array[Any], int]:
    try:
        return values.cast(pa.string()), 0
    except pa.ArrowInvalid:
        decoded = [_decoded(value) for value in values.to_pylist()]
    texts = pa.array([text for text, _ in decoded], pa.string())
    return texts, sum(misread for _, misread in decoded)


def _decoded(value: Any) -> tuple[str, bool]:
    try:
        return value.decode("utf-8"), False
    except UnicodeDecodeError:
        return value.decode("cp1252", errors="replace"), True
