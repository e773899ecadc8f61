"""Figures corrected for the judge's noise: cells as they would be with a judge without error."""

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


def corrected_for_judge(run: RunDirectory, found: Cells) -> Cells:
    """Return the cells with judge_reliability R and figures over R, or over its square root.

    self_consistency / R and alignment / sqrt(R): Spearman's correction for attenuation, with
    R = 1 - e(1-e)/(n Var y) (docs/judging.md). R is taken as known in the intervals; its own
    interval stands in consistency.arrow. Not to be combined with *_disattenuated, which divides by
    sqrt(self_consistency) and so has taken the judge's noise out already.
    """
    if not len(found.rows):
        return found
    reliability = _reliability(run, found)
    rows = found.rows.assign(judge_reliability=reliability)
    clusters = rows["topics"].to_numpy(np.int64)
    for name in _FIGURES:
        # A self-consistency has the judge's noise on both sides, an alignment on one.
        other = reliability if name == "self_consistency" else 1.0
        values, error = (
            disattenuated(measured(rows[column], []), reliability, other).value
            for column in (name, f"{name}_std_error")
        )
        rows = rows.join(with_interval(f"{name}_judge_free", values, error, clusters))
    return replace(found, rows=rows)


def _reliability(run: RunDirectory, found: Cells) -> FloatArray:
    consistency = catalogue.read(run, "consistency")
    table = (CONSISTENCY.empty_table() if consistency is None else consistency).to_pandas()
    by_key = table.fillna({"judge": "", "persona": ""}).set_index(_KEY)["judge_reliability"]
    keys = found.rows.fillna({"judge": "", "persona": ""})[_KEY].itertuples(index=False)
    known = by_key.to_dict()
    return np.array([known.get(tuple(key), np.nan) for key in keys], dtype=np.float64)
