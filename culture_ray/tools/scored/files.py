"""Files of scored responses in any of the usual formats, as tables."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet

from culture_ray.errors import BadTable, WrongValue
from culture_ray.survey.encodings import stated_encoding
from culture_ray.tools.export.export import MANIFEST
from culture_ray.tools.scored.export_folder import exported_labels, is_export
from culture_ray.tools.scored.json_rows import json_table
from culture_ray.tools.scored.separated_text import separated_table
from culture_ray.tools.scored.table import ScoredTable

_SEPARATED = (".csv", ".tsv", ".tab", ".txt", ".dat")
_JSON = (".json", ".jsonl", ".ndjson")
_BINARY = (".parquet", ".arrow", ".feather")
ENDINGS = (*_SEPARATED, *_JSON, *_BINARY)
"""Endings of the files that can be read, each also with .gz or .zip behind it."""


def scored_files(places: Sequence[Path]) -> list[Path]:
    """Return the given files, and those in given folders, sorted by name; of an export, its list.

    Raises BadTable for a place that does not exist and a folder without a file to read.
    """
    found: list[Path] = []
    for place in places:
        if is_export(place):
            found.append(place / MANIFEST)
        elif place.is_dir():
            # A text file beside tables is rather a note on them than one of them.
            endings = [ending for ending in ENDINGS if ending != ".txt"]
            within = sorted(path for path in place.iterdir() if _ending(path) in endings)
            if not within:
                raise BadTable(f"{place}: no file in this folder ends in {', '.join(endings)}")
            found += within
        elif place.is_file():
            found.append(place)
        else:
            raise BadTable(f"no file {place}: set file=PATH")
    return list(dict.fromkeys(found))


def stem(path: Path) -> str:
    """Return the name of a file without its endings: gpt-3.5 for gpt-3.5.csv.gz."""
    inner = _without_compression(path.name)
    return inner[: len(inner) - len(Path(inner).suffix)]


def read_file(path: Path, encoding: str) -> ScoredTable:
    """Return the rows of a file.

    Raises BadTable for one that cannot be read or has no rows, WrongValue for an unknown encoding.
    """
    if path.name == MANIFEST and is_export(path.parent):
        return exported_labels(path)
    ending = _ending(path)
    if ending not in ENDINGS:
        raise BadTable(f"{path} has none of the endings {', '.join(ENDINGS)}: convert the file")
    content = _content(path)
    if not content.strip():
        raise BadTable(f"{path} is empty: there is nothing to import")
    source = str(path)
    if ending in _BINARY:
        table = _arrow_table(source, content, ending)
    elif ending in _JSON:
        table = json_table(source, _decoded(source, content, encoding))
    else:
        table = separated_table(source, _decoded(source, content, encoding))
    if not table.rows:
        raise BadTable(f"{path} has columns ({', '.join(table.names)}) but no rows")
    return table


def _arrow_table(source: str, content: bytes, ending: str) -> ScoredTable:
    reader = pa.parquet.read_table if ending == ".parquet" else _ipc_table
    try:
        table = reader(io.BytesIO(content))
    except (pa.ArrowException, OSError) as problem:
        raise BadTable(
            f"{source} cannot be read: {str(problem).splitlines()[0][:200]}"
        ) from problem
    names = tuple(str(name).strip() for name in table.column_names)
    return ScoredTable(source, names, tuple(column.to_pylist() for column in table.columns))


def _decoded(source: str, content: bytes, encoding: str) -> str:
    """Return the text of a file; its first bytes may state its encoding."""
    try:
        b"x".decode(encoding, "replace")
    except LookupError as problem:
        expected = "an encoding such as utf-8, latin-1 or cp1252"
        raise WrongValue("encoding", encoding, expected) from problem
    marked = stated_encoding(content[:4]) or encoding
    try:
        text = content.decode(marked)
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        raise BadTable(
            f"{source} is not {marked} (byte {content[problem.start]:#04x} in line {line}): add "
            f"encoding=NAME, such as encoding=latin-1, or save it as UTF-8"
        ) from problem
    if "\x00" in text:
        raise BadTable(f"{source} is not a text file: it holds null characters")
    return text


def _ipc_table(file: io.BytesIO) -> pa.Table:
    """Return the table in an Arrow file, in the format of files or in that of streams."""
    try:
        return pa.feather.read_table(file)
    except pa.ArrowInvalid:
        file.seek(0)
        return pa.ipc.open_stream(file).read_all()


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        if path.suffix.lower() == ".gz":
            return gzip.decompress(content)
        return _only_member(path, content) if path.suffix.lower() == ".zip" else content
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError) as problem:
        reason = str(problem).splitlines()[0][:200]
        raise BadTable(f"{path} cannot be read: {reason}") from problem


def _only_member(path: Path, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        if len(names) != 1:
            raise BadTable(
                f"{path} holds {len(names)} files: unpack it and name them in file=[...]"
            )
        return archive.read(names[0])


def _ending(path: Path) -> str:
    return Path(_without_compression(path.name)).suffix.lower()


def _without_compression(name: str) -> str:
    return name[: name.rindex(".")] if name.lower().endswith((".gz", ".zip")) else name
