"""Regress: cells to the two regressions, US bias and capability, or the sentence why not."""

from __future__ import annotations

from culture_ray.stages.cells import cells
from culture_ray.stages.ground_truth import ground_truth_of
from culture_ray.stages.regress_paper import paper_results
from culture_ray.stages.regress_valid import valid_results
from culture_ray.stages.regression_files import write_result
from culture_ray.stages.settings import Settings
from culture_ray.store.atomic import replace
from culture_ray.store.shards import read
from culture_ray.tables import CELLS, DISTRIBUTIONS


def regress(settings: Settings) -> None:
    """Write cells.csv and the regressions of a run; raises DiskProblem."""
    path = settings.run.folder / "distributions.arrow"
    distributions = read(path) if path.exists() else DISTRIBUTIONS.empty_table()
    found = cells(settings, distributions, ground_truth_of(settings))
    rows = found.rows[CELLS.names]
    replace(settings.run.folder / "cells.csv", lambda path: rows.to_csv(path, index=False))
    chosen = valid_results if settings.inference.mode == "valid" else paper_results
    for result in chosen(settings, found):
        write_result(settings, result)
