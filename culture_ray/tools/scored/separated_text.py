"""Tables in text with a separator: commas, semicolons, tabs or bars, whichever the header has."""

from __future__ import annotations

import csv
import io
import re

import pyarrow as pa
import pyarrow.csv

from culture_ray.errors import BadTable
from culture_ray.tools.scored.table import ScoredTable

_SEPARATORS = (",", "\t", ";", "|", "^", "~", ":")
_LARGEST_BLOCK = 2**30
_NEW_LINE = re.compile(r"\r\n?|\n")
_TITLE_WITHIN = 20
"""Number of lines above the header that may be titles or comments."""
_RAGGED = re.compile(r"Row #(\d+): Expected (\d+) columns, got (\d+)")


def separated_table(source: str, text: str) -> ScoredTable:
    """Return the table in a text, every value as a string; raises BadTable for ragged rows."""
    stated = re.match(r"sep=(.)\r?\n", text)  # as spreadsheets write it
    whole = text
    text = text[stated.end() :] if stated else _without_title(text.lstrip("\r\n"))
    above = len(_NEW_LINE.findall(whole[: len(whole) - len(text)]))
    header = _NEW_LINE.split(text, maxsplit=1)[0]
    separator = stated[1] if stated else max(_SEPARATORS, key=lambda one: len(_split(header, one)))
    strings = {f"f{index}": pa.string() for index in range(len(_split(header, separator)))}
    content = text.encode()
    try:
        table = pa.csv.read_csv(
            io.BytesIO(content),
            # Read in one thread, so that a problem names its row, and without blocks, so that a
            # row may be of any length.
            read_options=pa.csv.ReadOptions(
                use_threads=False,
                block_size=min(len(content) + 1, _LARGEST_BLOCK),
                autogenerate_column_names=True,
            ),
            parse_options=pa.csv.ParseOptions(delimiter=separator, newlines_in_values=True),
            convert_options=pa.csv.ConvertOptions(column_types=strings, strings_can_be_null=False),
        )
    except pa.ArrowException as problem:
        raise BadTable(f"{source} {_reason(str(problem), above)}") from problem
    columns = [column.to_pylist() for column in table.columns]
    names = tuple(str(column[0]).strip() for column in columns)
    # A comma is a decimal comma only where it does not separate.
    return ScoredTable(source, names, tuple(column[1:] for column in columns), separator != ",")


def _without_title(text: str) -> str:
    """Return a text without lines above its header: comments, blank lines, and words in a line.

    The name of a single column is one word, so that it is no title.
    """
    rest = text
    for _ in range(_TITLE_WITHIN):
        line, *more = _NEW_LINE.split(rest, maxsplit=1)
        several = any(len(_split(line, one)) > 1 for one in _SEPARATORS[:4])
        if not line.startswith("#") and (several or len(line.split()) == 1):
            return rest
        if not more:
            break
        rest = more[0]
    return text


def _split(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:  # a line of more than 128 KiB is no header
        return [line]


def _reason(problem: str, above: int) -> str:
    """Return the problem of a text that stands below so many lines of its file, in words."""
    ragged = _RAGGED.search(problem)
    if ragged is None:
        return f"cannot be read: {problem.splitlines()[0][:200]}"
    row, expected, found = ragged.groups()
    return (
        f"has {found} fields in line {int(row) + above}, but {expected} in its header: a separator "
        f"within a text has to stand in quotes, and a missing field between two separators"
    )
