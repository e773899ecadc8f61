"""Content of one file of items as columns, whatever its format."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

import pyarrow as pa
import pyarrow.parquet

from culture_ray.benchmarks.design.source import FORMATS, FileForm
from culture_ray.benchmarks.items.columns import Columns, from_rows
from culture_ray.benchmarks.items.formats.delimited import delimited, plain_columns
from culture_ray.benchmarks.items.formats.json_rows import json_columns, json_content, json_lines
from culture_ray.benchmarks.items.formats.workbook import workbook_columns
from culture_ray.errors import BadTable

_SUFFIXES = {
    ".csv": "csv",
    ".tsv": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
}


_UNREADABLE = (
    pa.ArrowException, BadZipFile, EOFError, LookupError, OSError, ParseError, ValueError,
    zlib.error,
)  # fmt: skip


def read_columns(
    path: Path, form: FileForm | None = None, *, nested: bool = False
) -> Columns | Any:
    """Return the rows of a file as columns; raises BadTable.

    The format is that of `form`, or that of the suffix; a file that ends in .gz is unpacked. With
    `nested`, the content of a JSON file is returned as it is, for a transform that finds the rows
    in it. Images and sounds in a Parquet file are left out.
    """
    form = form or FileForm()
    packed = path.suffix.lower() == ".gz"
    suffix = (path.with_suffix("") if packed else path).suffix.lower()
    kind = form.format or _SUFFIXES.get(suffix, "")
    if not kind:
        raise BadTable(
            f"{path}: the kind of file is unknown: set source.format to {', '.join(FORMATS[:-1])} "
            f"or {FORMATS[-1]}"
        )
    try:
        content = gzip.decompress(path.read_bytes()) if packed else path.read_bytes()
        match kind:
            case "csv":
                return delimited(content, form, tabs=suffix == ".tsv")
            case "parquet":
                return _parquet(content)
            case "xlsx":
                return workbook_columns(content, form.columns)
            case "jsonl":
                return from_rows(json_lines(content.decode("utf-8-sig")))
        whole = json_content(content.decode("utf-8-sig"))
        return whole if nested else json_columns(whole)
    except _UNREADABLE as problem:
        line = (str(problem).splitlines() or [type(problem).__name__])[0][:200]
        raise BadTable(f"{path}: cannot be read: {line}") from problem


def _parquet(content: bytes) -> Columns:
    buffer = pa.BufferReader(content)
    schema = pa.parquet.read_schema(buffer)
    kept = [name for name in schema.names if not _holds_bytes(schema.field(name).type)]
    return plain_columns(pa.parquet.read_table(pa.BufferReader(content), columns=kept))


def _holds_bytes(kind: pa.DataType) -> bool:
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return True
    return any(_holds_bytes(kind.field(place).type) for place in range(kind.num_fields))
