"""Tables of text with separators, as columns."""

from __future__ import annotations

import csv
import io

import pyarrow as pa
import pyarrow.csv

from culture_ray.benchmarks.design.source import FileForm
from culture_ray.benchmarks.items.columns import Columns

_SEPARATORS = (";", "\t", "|")
"""Separators that are tried where a header has no comma, or no tab."""


def delimited(content: bytes, form: FileForm, *, tabs: bool) -> Columns:
    """Return the columns of a table of text, all values as texts.

    The separator is that of `form`; else a tab with `tabs`, or a comma; else, where the header
    would be one column, the one that parts it into most. Raises ValueError, also for a file in
    another encoding than UTF-8 that `form` does not name, and for a column name that stands twice.
    """
    text = _decoded(content, form.encoding)
    separator = form.separator or _separator(text, "\t" if tabs else ",")
    header = list(form.columns) or _header(text, separator)
    if len(set(header)) != len(header):
        raise ValueError(f"a column name occurs twice among {', '.join(header)}")
    table = pa.csv.read_csv(
        io.BytesIO(text.encode()),
        read_options=pa.csv.ReadOptions(column_names=header if form.columns else None),
        parse_options=pa.csv.ParseOptions(
            delimiter=separator,
            newlines_in_values=form.quoted,
            quote_char='"' if form.quoted else False,
        ),
        convert_options=pa.csv.ConvertOptions(
            # Ids keep their zeros, and "NA" is a text: Namibia.
            column_types={name: pa.string() for name in header},
            strings_can_be_null=False,
        ),
    )
    return plain_columns(table)


def plain_columns(table: pa.Table) -> Columns:
    """Return an Arrow table as columns of plain values."""
    columns: Columns = {}
    for name, values in zip(table.column_names, table.columns, strict=True):
        flat = pa.types.is_string(values.type) or pa.types.is_large_string(values.type)
        # numpy makes Python's texts several times faster than to_pylist.
        columns[name] = values.to_numpy().tolist() if flat else values.to_pylist()
    return columns


def _separator(text: str, usual: str) -> str:
    if len(_header(text, usual)) > 1:
        return usual
    widths = {one: len(_header(text, one)) for one in (*_SEPARATORS, ",") if one != usual}
    best = max(widths, key=lambda one: widths[one])
    return best if widths[best] > 1 else usual


def _header(text: str, separator: str) -> list[str]:
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), [])


def _decoded(content: bytes, encoding: str) -> str:
    """Return the text of a file; raises ValueError where it is in another encoding."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        if not encoding:
            raise ValueError(
                f"byte {problem.start:,} is not UTF-8: name the encoding in source.encoding, such "
                f"as gb18030"
            ) from problem
        return content.decode(encoding)
