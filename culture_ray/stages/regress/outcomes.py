"""Regressions under every definition of alignment, so that a reader sees which conclusions hold."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, get_args

import pyarrow as pa

from culture_ray.regression.designs import RegressionDesign
from culture_ray.regression.valid import Options
from culture_ray.settings.inference import InferenceSettings, Outcome
from culture_ray.stages.regress.cells import Cells
from culture_ray.stages.regress.rows import missing_capability, regression_rows
from culture_ray.stages.regress.valid import multilingual
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import OUTCOMES


def write_outcomes(run: RunDirectory, cells: Cells, inference: InferenceSettings) -> None:
    """Write regression/outcomes.csv, or remove it if there is no multilingual regression.

    Raises DiskProblem.
    """
    known = not missing_capability(regression_rows(cells))
    if rows := list(_rows(cells, inference)) if known else []:
        catalogue.write(run, "outcomes", pa.Table.from_pylist(rows, OUTCOMES))
    else:
        catalogue.remove(run, "outcomes")


def _rows(cells: Cells, inference: InferenceSettings) -> Iterator[dict[str, Any]]:
    alone = Options(permutations=0, without_models=0)
    columns = [name for name in OUTCOMES.names if name not in ("outcome", "design", "rows")]
    for outcome in get_args(Outcome):
        for name, formula in inference.designs.items():
            under = replace(inference, outcome=outcome)
            result = multilingual(cells, RegressionDesign(name, formula), name, under, alone)
            for row in [] if result.table is None else result.table.to_dict("records"):
                figures = {column: _known(row[column]) for column in columns}
                yield figures | {
                    "outcome": outcome,
                    "design": name,
                    "rows": result.diagnostics.get("rows"),
                }


def _known(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value
