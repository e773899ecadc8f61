"""Digests of values and files, by which a result is known to be of the same inputs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any


def value_digest(value: Any) -> str:
    """Return the SHA-256 of a value, the same in every process.

    A value is a dataclass, mapping, sequence or set of values, or plain. The order of a mapping
    counts, as models and judges have one; that of a set does not. Raises TypeError for any other
    value.
    """
    digest = hashlib.sha256()
    for part in _parts(value):
        content = part.encode("utf-8", errors="surrogatepass")
        digest.update(b"%d:" % len(content))  # with lengths: ("ab", "c") is not ("a", "bc")
        digest.update(content)
    return digest.hexdigest()


def file_digest(path: Path | None) -> str:
    """Return the SHA-256 of a file's bytes; empty for None and for a file that cannot be read."""
    if path is None:
        return ""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def folder_digest(folder: Path) -> str:
    """Return a digest of the files below a folder and their paths, compiled code left out."""
    files = sorted(
        path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    )
    return value_digest({path.relative_to(folder).as_posix(): file_digest(path) for path in files})


def _parts(value: Any) -> Iterator[str]:
    """Yield a value as texts, each preceded by its type."""
    kind = type(value)
    if isinstance(value, Enum):
        yield from (kind.__name__, value.name)
    elif value is None or isinstance(value, (bool, int, float, str, date, Path)):
        yield from (kind.__name__, str(value))
    elif isinstance(value, re.Pattern):
        yield from ("pattern", str(value.flags), value.pattern)
    elif is_dataclass(value):
        names = [field.name for field in fields(value)]
        yield from (kind.__name__, str(len(names)))
        for name in names:
            yield name
            yield from _parts(getattr(value, name))
    elif isinstance(value, Mapping):
        yield from ("mapping", str(len(value)))
        for key, entry in value.items():
            yield from _parts(key)
            yield from _parts(entry)
    elif isinstance(value, Set):
        yield from ("set", str(len(value)))
        yield from sorted(value_digest(entry) for entry in value)
    elif isinstance(value, Sequence):
        yield from ("sequence", str(len(value)))
        for entry in value:
            yield from _parts(entry)
    else:
        raise TypeError(f"no digest of a value of type {kind.__name__}")
