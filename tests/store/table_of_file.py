"""Lookup of the table that a file belongs to, by its path."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from culture_ray.tables import TABLES, Table


def table_of(path: PurePosixPath, folder: str) -> Table:
    """Return the one table that a path below `folder` (run, results or conf) belongs to."""
    found = [t for t in TABLES.values() if t.folder == folder and _holds(t, path)]
    assert len(found) == 1, f"{path} belongs to {len(found)} tables"
    return found[0]


def _holds(table: Table, path: PurePosixPath) -> bool:
    return any(re.fullmatch(_pattern(file), str(path)) for file in (table.file, *table.copies))


def _pattern(file: str) -> str:
    """Return a regular expression: {name} is a name without a dot, other braces are any name."""
    names = re.sub(r"\\\{name\\\}", "[^/.]+", re.escape(file))
    return re.sub(r"\\\{\w+\\\}", "[^/]+", names)
