"""Counts of responses, failures and labels, taken while tables are exported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pyarrow as pa


class ExportedRows:
    """Counters of responses, failures and labels per model and language, fed by `counted`."""

    def __init__(self) -> None:
        self.rows: dict[str, Counter[tuple[str, str]]] = {
            name: Counter() for name in ("responses", "failed", "labels")
        }

    def counted(self, name: str, pieces: Iterator[pa.Table]) -> Iterator[pa.Table]:
        """Yield the pieces of a table unchanged, and count their rows."""
        for piece in pieces:
            if name in self.rows:
                self._add(name, piece)
            if name == "responses":
                self._add("failed", piece.filter(piece.column("failure").is_valid()))
            yield piece

    def _add(self, name: str, piece: pa.Table) -> None:
        found = piece.group_by(["model", "language"]).aggregate([([], "count_all")])
        for row in found.to_pylist():
            self.rows[name][row["model"], row["language"]] += row["count_all"]

    def table(self) -> tuple[tuple[str, str, int, int, int], ...]:
        """Return model, language and the three counts, as `Card.counts`."""
        keys = sorted({key for counter in self.rows.values() for key in counter})
        return tuple(
            (*key, self.rows["responses"][key], self.rows["failed"][key], self.rows["labels"][key])
            for key in keys
        )
