"""Files of a benchmark's source: patterns of paths to files, and files to columns."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from culture_ray.benchmarks.design.placeholders import filled, placeholders
from culture_ray.benchmarks.items.columns import Columns, from_rows
from culture_ray.errors import BadTable

_SUFFIXES = {
    ".csv": "csv",
    ".tsv": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".parquet": "parquet",
}


@dataclass(frozen=True)
class SourceFile:
    """One file that a pattern names, and the entries of lists in its path."""

    path: Path
    entries: Mapping[str, str]
    """Entry of each list in the pattern; it becomes a column of the file's rows."""


def files_of(
    patterns: Sequence[str],
    language: str,
    lists: Mapping[str, Sequence[str]],
    roots: Sequence[Path],
    key: str,
) -> list[SourceFile]:
    """Return the files that patterns name for a language, `{language}` being its name there.

    The first of `roots` in which a pattern has a file is taken. Raises BadTable, naming the
    pattern, where none has.
    """
    found = []
    for pattern in patterns:
        names = [name for name in dict.fromkeys(placeholders(pattern)) if name != "language"]
        if unknown := [name for name in names if name not in lists]:
            raise BadTable(
                f"{key}: '{pattern}' has {{{unknown[0]}}}, and the file has no list "
                f"'{unknown[0]}': add it to lists, or write the name itself"
            )
        for entries in product(*(lists[name] for name in names)):
            values = dict(zip(names, entries, strict=True))
            path = filled(pattern, {"language": language, **values})
            found += [SourceFile(one, values) for one in _matching(path, roots, key)]
    return found


def read_columns(
    path: Path, kind: str = "", *, nested: bool = False, encoding: str = ""
) -> Columns | Any:
    """Return the rows of a file as columns; raises BadTable.

    `kind` is one of FORMATS, or empty to read it from the suffix. With `nested`, the content of a
    JSON file is returned as it is, for a transform that finds the rows in it. `encoding` is that of
    a CSV file which is not UTF-8. Images and sounds in a Parquet file are left out.
    """
    form = kind or _SUFFIXES.get(path.suffix.lower(), "")
    try:
        match form:
            case "csv":
                return _csv(path, encoding)
            case "parquet":
                return _parquet(path)
            case "jsonl":
                return from_rows(_json_lines(path))
            case "json":
                content = _json(path)
                return content if nested else from_rows(_records(path, content))
    except (pa.ArrowException, UnicodeDecodeError, ValueError, OSError) as problem:
        line = (str(problem).splitlines() or [type(problem).__name__])[0][:160]
        raise BadTable(f"{path}: cannot be read: {line}") from problem
    raise BadTable(
        f"{path}: the kind of file is unknown: set source.format to csv, json, jsonl or parquet"
    )


def _matching(pattern: str, roots: Sequence[Path], key: str) -> list[Path]:
    for root in roots:
        path = root / Path(pattern).expanduser()
        if not set("*?[") & set(pattern):
            if path.is_file():
                return [path]
        elif matches := sorted(
            one for one in Path(path.anchor or ".").glob(_below_anchor(path)) if one.is_file()
        ):
            return matches
    places = " or ".join(dict.fromkeys(str(root) for root in roots))
    raise BadTable(f"{key}: no file '{pattern}' in {places}")


def _below_anchor(path: Path) -> str:
    return str(path.relative_to(path.anchor)) if path.anchor else str(path)


def _parquet(path: Path) -> Columns:
    schema = pa.parquet.read_schema(path)
    kept = [name for name in schema.names if not _holds_bytes(schema.field(name).type)]
    return _plain(pa.parquet.read_table(path, columns=kept))


def _holds_bytes(kind: pa.DataType) -> bool:
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return True
    return any(_holds_bytes(kind.field(place).type) for place in range(kind.num_fields))


def _csv(path: Path, encoding: str) -> Columns:
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    text = _decoded(path.read_bytes(), encoding)
    header = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    if len(set(header)) != len(header):
        raise ValueError(f"a column name occurs twice among {', '.join(header)}")
    table = pa.csv.read_csv(
        io.BytesIO(text.encode()),
        parse_options=pa.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=pa.csv.ConvertOptions(
            # Ids keep their zeros, and "NA" is a text: Namibia.
            column_types={name: pa.string() for name in header},
            strings_can_be_null=False,
        ),
    )
    return _plain(table)


def _decoded(content: bytes, encoding: str) -> str:
    """Return the text of a CSV file; raises ValueError where it is in another encoding."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        if not encoding:
            raise ValueError(
                f"byte {problem.start:,} is not UTF-8: name the encoding in source.encoding, such "
                f"as gb18030"
            ) from problem
        return content.decode(encoding)


def _plain(table: pa.Table) -> Columns:
    columns: Columns = {}
    for name, values in zip(table.column_names, table.columns, strict=True):
        flat = pa.types.is_string(values.type) or pa.types.is_large_string(values.type)
        # numpy makes Python's texts several times faster than to_pylist.
        columns[name] = values.to_numpy().tolist() if flat else values.to_pylist()
    return columns


def _json(path: Path) -> Any:
    """Return the content of a JSON file; some are JSON lines in spite of their suffix."""
    text = path.read_text(encoding="utf-8-sig")
    try:
        return json.loads(text)
    except json.JSONDecodeError as problem:
        if "Extra data" not in str(problem):
            raise
        return _json_lines(path)


def _json_lines(path: Path) -> list[Mapping[str, Any]]:
    rows: list[Mapping[str, Any]] = []
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                rows.append(dict(json.loads(line)))
            except (TypeError, ValueError) as problem:
                raise ValueError(f"line {number} is not a JSON object: {problem}") from None
    return rows


def _records(path: Path, content: Any) -> list[Mapping[str, Any]]:
    if isinstance(content, list) and all(isinstance(row, Mapping) for row in content):
        return content
    raise ValueError(
        "it is not a list of objects: name the field that holds them with the transform rows, or "
        "turn a mapping of ids into rows with the transform entries"
    )
