"""Texts of a language file as a flat mapping from path to entry."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

METADATA = ("code", "name", "native_name", "made_by", "reviewed", "phrases")
"""Keys of a language file that do not hold texts of prompts."""

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class TextEntry:
    """One text and its path of keys; `reviewed` and `made_by` are None if the entry lacks them."""

    path: Path
    text: str
    reviewed: bool | None = None
    made_by: str | None = None
    digest: str | None = None

    @property
    def place(self) -> str:
        """Return the path in dotted form: topics.f120.wordings.w1."""
        return ".".join(str(key) for key in self.path)

    @property
    def untouched(self) -> bool:
        """Return True if a model wrote it and no person has changed or confirmed it."""
        return self.digest == digest_of(self.text) and not self.reviewed


def text_entries(content: Mapping[Any, Any]) -> dict[Path, TextEntry]:
    """Return the texts of a language file by path, in the file's order.

    A text is a string, or a mapping with a `text`. A string that is a key elsewhere in the file
    (answers: agreement_5) is a name, not a text.
    """
    texts = {key: value for key, value in content.items() if key not in METADATA}
    keys = set(_keys(texts))
    return {entry.path: entry for entry in _leaves(texts, ()) if not is_name(entry.text, keys)}


def entry_names(content: Mapping[Any, Any]) -> dict[Path, str]:
    """Return the strings of a language file that name other entries, by path."""
    texts = {key: value for key, value in content.items() if key not in METADATA}
    keys = set(_keys(texts))
    return {entry.path: entry.text for entry in _leaves(texts, ()) if is_name(entry.text, keys)}


def is_name(text: str, keys: set[str]) -> bool:
    """Return True if a string names an entry of the file and is not a text."""
    return bool(re.fullmatch(r"[a-z][a-z0-9_]*", text)) and text in keys


def digest_of(text: str) -> str:
    """Return a short hash of a text, to detect changes."""
    return hashlib.blake2b(text.strip().encode(), digest_size=6).hexdigest()


def slots_of(text: str) -> tuple[str, ...]:
    """Return the placeholders of a text, such as topic for {topic}, in order."""
    return tuple(dict.fromkeys(re.findall(r"\{(\w+)\}", text)))


def _leaves(node: Any, path: Path) -> Iterator[TextEntry]:
    if isinstance(node, str):
        yield TextEntry(path, node.strip())
    elif isinstance(node, Mapping) and isinstance(node.get("text"), str):
        yield TextEntry(
            path, node["text"].strip(), node.get("reviewed"), node.get("made_by"),
            node.get("digest"),
        )  # fmt: skip
    elif isinstance(node, Mapping):
        for key, value in node.items():
            yield from _leaves(value, (*path, key))


def _keys(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield str(key)
            yield from _keys(value)
