"""Key of a report's figures: the same only while everything that they are drawn from is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pyarrow as pa

from culture_ray.report.content import ReportContent

_NOT_DRAWN = {
    "run", "experiment", "started", "finished", "command", "provenance", "examples", "browsed",
    "browsed_all", "notices", "sources", "judge_notes",
}  # fmt: skip
"""Parts of a report that only its page shows."""
_REPORT = Path(__file__).parents[1]


def figure_key(content: ReportContent) -> str:
    """Return the key: a hash of the tables, the names, this code, and matplotlib's version."""
    digest = hashlib.sha256(f"{mpl.__version__} {_code()}".encode())
    for field in fields(content):
        if field.name not in _NOT_DRAWN:
            digest.update(field.name.encode())
            for part in _parts(getattr(content, field.name)):
                digest.update(part)
    return digest.hexdigest()


@cache
def _code() -> str:
    """Return a hash of the code that draws."""
    digest = hashlib.sha256()
    for path in sorted(_REPORT.rglob("*.py")):
        digest.update(path.relative_to(_REPORT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def _parts(value: Any) -> Iterator[bytes]:
    """Yield the bytes of a value, tables and dataclasses field by field."""
    if isinstance(value, pa.Table):
        buffer = pa.BufferOutputStream()
        with pa.ipc.new_stream(buffer, value.schema) as stream:
            stream.write_table(value.combine_chunks())
        yield buffer.getvalue().to_pybytes()
    elif is_dataclass(value):
        for field in fields(value):
            yield field.name.encode()
            yield from _parts(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for name, entry in value.items():
            yield repr(name).encode()
            yield from _parts(entry)
    elif isinstance(value, tuple | list):
        for entry in value:
            yield from _parts(entry)
    else:
        yield repr(value).encode()
