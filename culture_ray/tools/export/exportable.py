"""Tables that can be exported, and a reader that leaves out what does not verify."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from culture_ray.store.catalogue import RUN_TABLES, read_file, remedy, table_paths
from culture_ray.store.run_directory import RunDirectory, response_of
from culture_ray.store.shards import Damage, damage
from culture_ray.tables import RESPONSES, Table

BY_DEFAULT = (
    "cells", "responses", "labels", "requests", "distributions", "alignment", "consistency",
    "regressions", "outcomes", "simultaneous", "equivalence", "bayesian", "robustness",
    "exclusions", "judge_agreement", "human_agreement", "judge_moves", "judge_regressions",
    "label_corrected",
)  # fmt: skip
"""Tables exported unless others are named, in the order of the data card."""

ON_REQUEST = ("spending", "timeline")
"""Tables exported only by name: they hold amounts of money and addresses of machines."""

EXPORTABLE = {name: RUN_TABLES[name] for name in (*BY_DEFAULT, *ON_REQUEST)}
"""Every table that can be exported, by name.

Not among them are the ground truth and what is computed from it alone: survey data have terms of
their own.
"""


class ShardReader:
    """Reader of a run's tables, file by file, that keeps a list of the damaged ones."""

    def __init__(self, run: RunDirectory) -> None:
        self.damaged: list[Damage] = []
        """Files that did not verify, relative to the run's folder; none of their rows are read."""
        self._run = run
        self._verified: dict[Path, bool] = {}
        """True for a shard of responses that verifies, by its path."""

    def pieces(self, table: Table) -> Iterator[pa.Table]:
        """Yield a table's files one by one; labels only of responses that verify themselves."""
        for path in table_paths(self._run, table.name):
            found = read_file(path, table)
            if table.name == "responses":
                self._verified[path] = not isinstance(found, Damage)
            elif table.name == "labels" and not self._has_responses(path):
                found = Damage(path, "labels responses that are not there")
            if isinstance(found, Damage):
                what = found.what
                if not table.sharded:
                    what = f"{what}: {remedy(self._run, table.name)}"
                self.damaged.append(Damage(path.relative_to(self._run.folder), what))
            else:
                yield found

    def _has_responses(self, labels: Path) -> bool:
        if not (self._run.folder / "responses").is_dir():  # imported labels come without responses
            return True
        path = response_of(self._run, labels)
        if path not in self._verified:
            self._verified[path] = damage(path, RESPONSES) is None
        return self._verified[path]
