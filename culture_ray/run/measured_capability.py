"""Capability scores that a run's own benchmarks measured."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import CAPABILITY

MAIN = "capability"
"""Variant that the regressions use; others, such as `capability_sensitive`, stand beside it."""


def measured_scores(run: RunDirectory) -> pa.Table:
    """Return the scores of the main variant (CAPABILITY schema), empty before they are measured.

    Raises RunMismatch for a file that cannot be read.
    """
    table = catalogue.read(run, "capability_draws")
    rows = [] if table is None else table.drop_columns(["draws"]).to_pylist()
    return pa.Table.from_pylist(
        [
            {
                "model": row["model"],
                "language": row["language"],
                "benchmark": row["benchmark"],
                "score": row["value"],
                "source": "measured by this run",
                "std_error": row["std_error"],
            }
            for row in rows
            if row["variant"] == MAIN and row["value"] is not None
        ],
        schema=CAPABILITY,
    )
