"""Selection of the new texts that form complete entries of a language file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from culture_ray.prompts.text_entries import METADATA, Path

_ANY = frozenset({"topics", "protocols", "countries", "wordings", "templates", "questions"})
"""Keys whose entries are independent; other mappings are kept only if they are complete."""
_TOGETHER = ("questions", "answers")
"""Keys of a topic of which both or neither are kept."""


def complete_paths(
    source: Mapping[Any, Any], have: set[Path], names: Mapping[Path, str]
) -> set[Path]:
    """Return the paths of `have` and `names` that form complete entries, compared with `source`.

    A topic needs both statements and a wording, a protocol a template and its completion lead, a
    scale all its answers; a name (answers: agreement_5) needs the entry that it names.
    """
    texts = {key: value for key, value in source.items() if key not in METADATA}
    kept = _kept(texts, (), have | set(names)) or set()
    present = {key for path in kept for key in path[:-1]}
    resolved = {path for path, name in names.items() if name in present}
    return _kept(texts, (), have | resolved) or set()


def _kept(node: Any, path: Path, have: set[Path]) -> set[Path] | None:
    """Return the paths at and below a node to keep, None if the node is incomplete."""
    if path in have:
        return {path}
    if not isinstance(node, Mapping):
        return None
    below = {key: _kept(value, (*path, key), have) for key, value in node.items()}
    if any(below.get(key, set()) is None for key in _TOGETHER) and path:
        below = {key: found for key, found in below.items() if key not in _TOGETHER}
    independent = not path or path[-1] in _ANY or path == ("answers",)
    if not independent and any(found is None for found in below.values()):
        return None
    kept = set().union(*(found for found in below.values() if found))
    return kept or None
