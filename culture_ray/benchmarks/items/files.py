"""Files that the patterns of a benchmark's source name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from culture_ray.benchmarks.design.placeholders import filled, placeholders
from culture_ray.errors import BadTable


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
