"""Figures corrected for the judge's noise: cells as a judge without error would give them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from culture_ray.measures.reliability import disattenuated
from culture_ray.measures.result import FloatArray, measured
from culture_ray.stages.regress.cells import Cells, with_interval
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import CONSISTENCY

_KEY = ["model", "language", "protocol", "persona", "judge"]
_FIGURES = ("self_consistency", "alignment_language", "alignment_us")


def corrected_for_judge(run: RunDirectory, cells: Cells) -> Cells:
    """Return the cells with judge_reliability R and figures over R, or over its square root.

    self_consistency / R and alignment / sqrt(R): Spearman's correction for attenuation, with
    R = 1 - e(1-e)/(n Var y) (docs/judging.md). The intervals treat R as known; its own interval
    is in consistency.arrow. Do not combine with *_disattenuated: dividing by
    sqrt(self_consistency) already removes the judge's noise.
    """
    if not len(cells.rows):
        return cells
    reliability = _reliability(run, cells)
    rows = cells.rows.assign(judge_reliability=reliability)
    clusters = cells.units.astype(np.int64)
    for name in _FIGURES:
        # The judge's noise enters both sides of a self-consistency, and one side of an alignment.
        second_reliability = reliability if name == "self_consistency" else 1.0
        values, error = (
            disattenuated(measured(rows[column], []), reliability, second_reliability).value
            for column in (name, f"{name}_std_error")
        )
        rows = rows.join(with_interval(f"{name}_judge_free", values, error, clusters))
    return replace(cells, rows=rows)


def _reliability(run: RunDirectory, cells: Cells) -> FloatArray:
    consistency = catalogue.read(run, "consistency")
    table = (CONSISTENCY.empty_table() if consistency is None else consistency).to_pandas()
    by_key = table.fillna({"judge": "", "persona": ""}).set_index(_KEY)["judge_reliability"]
    keys = cells.rows.fillna({"judge": "", "persona": ""})[_KEY].itertuples(index=False)
    known = by_key.to_dict()
    return np.array([known.get(tuple(key), np.nan) for key in keys], dtype=np.float64)
