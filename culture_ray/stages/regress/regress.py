"""Regress: cells to the two regressions, US bias and capability, or the sentence why not."""

from __future__ import annotations

from dataclasses import replace as replace_fields

import pandas as pd

from culture_ray.prompts.protocols import find_protocol
from culture_ray.run.ground_truth import ground_truth_of
from culture_ray.settings.run import Settings
from culture_ray.stages.regress.cells import Cells, cells
from culture_ray.stages.regress.files import write_result
from culture_ray.stages.regress.judge_corrected import judge_free
from culture_ray.stages.regress.judge_sensitivity import write_moves
from culture_ray.stages.regress.paper import paper_results
from culture_ray.stages.regress.robustness import robustness
from culture_ray.stages.regress.valid import valid_results
from culture_ray.store.atomic import replace
from culture_ray.store.shards import read
from culture_ray.tables import CELLS, DISTRIBUTIONS


def regress(settings: Settings) -> None:
    """Write cells.csv, the regressions and the robustness checks; raises DiskProblem."""
    path = settings.run.folder / "distributions.arrow"
    distributions = read(path) if path.exists() else DISTRIBUTIONS.empty_table()
    found = judge_free(settings, cells(settings, distributions, ground_truth_of(settings)))
    rows = found.rows[CELLS.names]
    replace(settings.run.folder / "cells.csv", lambda path: rows.to_csv(path, index=False))
    chosen = valid_results if settings.inference.mode == "valid" else paper_results
    notes = _left_out(found)
    for result in chosen(settings, found):
        write_result(settings, replace_fields(result, notes=(*result.notes, *notes)))
    if settings.judges or any(find_protocol(name).offers_options for name in settings.protocols):
        robustness(settings)
    write_moves(settings, found)


def _left_out(found: Cells) -> tuple[str, ...]:
    """Return a sentence on judges and protocols that regressions leave out, where there are."""
    models = found.rows[found.rows["judge"].notna()]
    used = models[models.index.isin(found.primary)]
    ways = [_ways(rows) for rows in (used, models)]
    rest = sorted(ways[1] - ways[0])
    if not rest:
        return ()
    return (f"Made from {' and '.join(sorted(ways[0]))}; left out: {', '.join(rest)}.",)


def _ways(rows: pd.DataFrame) -> set[str]:
    return set(rows["protocol"] + " judged by " + rows["judge"])
