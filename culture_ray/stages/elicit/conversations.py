"""Earlier exchanges of conversations in which topics are put one after another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from culture_ray.engines.interface import Turn
from culture_ray.store.columns import completed
from culture_ray.store.shards import read
from culture_ray.tables import RESPONSES

_KEY = ("template", "wording", "sample", "persona", "variant")
"""Columns with one value in a conversation, besides the topics that it asks."""


@dataclass(frozen=True)
class Conversations:
    """Answered questions of conversations, by the conversation's key and the topics before them."""

    answered: Mapping[tuple[Any, ...], Turn]

    @classmethod
    def read(cls, shards: Sequence[Path]) -> Conversations:
        """Return the answers in shards of responses; those without a text are left out."""
        rows = (row for shard in shards for row in completed(read(shard), RESPONSES).to_pylist())
        return cls(
            {
                _key(row, row["after"] or [], row["topic"]): Turn(row["prompt"], row["text"])
                for row in rows
                if row["text"] is not None
            }
        )

    def before(self, row: Mapping[str, Any]) -> tuple[Turn, ...] | None:
        """Return the exchanges before a request; None if one of them has no answer."""
        after = row["after"] or []
        turns = [
            self.answered.get(_key(row, after[:place], topic)) for place, topic in enumerate(after)
        ]
        found = [turn for turn in turns if turn is not None]
        return tuple(found) if len(found) == len(turns) else None


def _key(row: Mapping[str, Any], after: Sequence[str], topic: str) -> tuple[Any, ...]:
    return (*(row[name] for name in _KEY), *after, topic)
