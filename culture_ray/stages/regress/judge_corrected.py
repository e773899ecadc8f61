"""Figures corrected for the judge's noise: cells as a judge without error would give them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from culture_ray.measures.reliability import disattenuated
from culture_ray.measures.result import FloatArray, IntArray, measured
from culture_ray.stages.regress.cells import Cells, with_interval
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import CONSISTENCY

_KEY = ["model", "language", "protocol", "persona", "judge"]
_FIGURES = ("self_consistency", "alignment_language", "alignment_us")


def corrected_for_judge(run: RunDirectory, cells: Cells) -> Cells:
    """Return the cells with judge_reliability R and the figures of `judge_free_figures`.

    R = 1 - e(1-e)/(n Var y) (docs/judging.md) is read from consistency.arrow.
    """
    if not len(cells.rows):
        return cells
    reliability = _reliability(run, cells)
    figures = judge_free_figures(cells.rows, reliability, cells.units.astype(np.int64))
    rows = cells.rows.assign(judge_reliability=reliability).join(figures)
    return replace(cells, rows=rows)


def judge_free_figures(
    rows: pd.DataFrame, reliability: FloatArray, clusters: IntArray
) -> pd.DataFrame:
    """Return self_consistency / R and alignment / sqrt(R) with their errors and intervals.

    Spearman's correction for attenuation. `rows` has the columns of CELLS, `reliability` R (n,) of
    the judge, `clusters` (n,) the number of units behind the errors. The intervals treat R as
    known; its own interval is in consistency.arrow. Do not combine with *_disattenuated: dividing
    by sqrt(self_consistency) already removes the judge's noise.
    """
    found = []
    for name in _FIGURES:
        # The judge's noise enters both sides of a self-consistency, and one side of an alignment.
        second_reliability = reliability if name == "self_consistency" else 1.0
        values, error = (
            disattenuated(measured(rows[column], []), reliability, second_reliability).value
            for column in (name, f"{name}_std_error")
        )
        found.append(with_interval(f"{name}_judge_free", values, error, clusters))
    figures = pd.concat(found, axis=1)
    known = np.isfinite(figures["self_consistency_judge_free"].to_numpy(np.float64))
    for end in ("ci_low", "ci_high"):
        # As R is known, the interval is that of self-consistency in other units.
        own = rows[f"self_consistency_{end}"].to_numpy(np.float64)
        column = f"self_consistency_judge_free_{end}"
        figures[column] = np.where(known, own / reliability, np.nan)
    return figures


def _reliability(run: RunDirectory, cells: Cells) -> FloatArray:
    consistency = catalogue.read(run, "consistency")
    table = (CONSISTENCY.empty_table() if consistency is None else consistency).to_pandas()
    by_key = table.fillna({"judge": "", "persona": ""}).set_index(_KEY)["judge_reliability"]
    keys = cells.rows.fillna({"judge": "", "persona": ""})[_KEY].itertuples(index=False)
    known = by_key.to_dict()
    return np.array([known.get(tuple(key), np.nan) for key in keys], dtype=np.float64)
