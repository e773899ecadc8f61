"""Intervals and p values that allow for the number of figures among which a reader picks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from culture_ray.measures.resampling.simultaneous import holm, simultaneous_level
from culture_ray.measures.resampling.spread import error_scores, t_half_width
from culture_ray.measures.result import FloatArray
from culture_ray.regression.inference import t_inference
from culture_ray.stages.measure.cells import BASELINE_FAMILY
from culture_ray.stages.regress.cells import LARGEST, Cells
from culture_ray.stages.regress.files import Result
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import SIMULTANEOUS

_SLOPES = ("capability", "consistency")


def write_simultaneous(run: RunDirectory, cells: Cells, results: Sequence[Result]) -> None:
    """Write simultaneous.csv: the cells' figures, and the slopes of the multilingual regression.

    Raises DiskProblem.
    """
    rows = [*_cells(cells), *_slopes(results)]
    catalogue.write(run, "simultaneous", pa.Table.from_pylist(rows, SIMULTANEOUS))


def _cells(cells: Cells) -> Iterator[dict[str, Any]]:
    """Yield the rows of each figure of the models' cells; the baselines do not count."""
    if not len(cells.rows):
        return
    models = np.flatnonzero(cells.rows["family"] != BASELINE_FAMILY)
    positions = np.intersect1d(cells.primary, models)
    rows = cells.rows.iloc[positions]
    us = cells.rounds["alignment_us"][positions] - cells.rounds["alignment_native_mean"][positions]
    aligned = cells.rounds["alignment_language"][positions]
    for figure, rounds in (("alignment_language", aligned), ("us_minus_native", us)):
        units = cells.units[positions]
        yield from _of_figure(figure, rows, units, rounds.T.astype(np.float64))


def _of_figure(
    figure: str, rows: pd.DataFrame, units: FloatArray, rounds: FloatArray
) -> Iterator[dict[str, Any]]:
    value, error = (
        rows[name].to_numpy(np.float64, na_value=np.nan) for name in (figure, f"{figure}_std_error")
    )
    known = np.isfinite(value) & np.isfinite(error) & (error > 0)
    level = simultaneous_level(error_scores(rounds[:, known]))
    half_width = t_half_width(error, units, level)
    tested = t_inference(value, np.where(known, error, np.nan), np.maximum(units - 1, 1))
    adjusted, limit = holm(tested.p_value), LARGEST[figure]
    for i in np.flatnonzero(known):
        yield {
            "figure": figure,
            "model": rows["model"].iloc[i],
            "language": rows["language"].iloc[i],
            "estimate": value[i],
            "ci_low": max(tested.ci_low[i], -limit),
            "ci_high": min(tested.ci_high[i], limit),
            "simultaneous_ci_low": max(value[i] - half_width[i], -limit),
            "simultaneous_ci_high": min(value[i] + half_width[i], limit),
            "p_value": tested.p_value[i],
            "p_holm": adjusted[i],
            "figures": int(known.sum()),
        }


def _slopes(results: Sequence[Result]) -> Iterator[dict[str, Any]]:
    """Yield the slopes of the default design with Holm's p values."""
    table = next((r.table for r in results if r.name == "multilingual"), None)
    if table is None:
        return
    slopes = table[table["term"].str.startswith(_SLOPES) & table["p_value"].notna()]
    for row, adjusted in zip(slopes.to_dict("records"), holm(slopes["p_value"]), strict=True):
        yield {name: row[name] for name in ("term", "estimate", "ci_low", "ci_high", "p_value")} | {
            "figure": "multilingual",
            "p_holm": adjusted,
            "figures": len(slopes),
        }
