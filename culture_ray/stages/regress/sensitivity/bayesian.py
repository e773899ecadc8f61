"""Bayesian check of the default regression, on the rows of multilingual.csv: bayesian.csv."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from culture_ray.errors import BadTable
from culture_ray.regression.bayesian.check import bayesian_check
from culture_ray.regression.designs import RegressionDesign
from culture_ray.settings.inference import InferenceSettings
from culture_ray.stages.regress.cells import Cells
from culture_ray.stages.regress.rows import missing_capability, regression_rows, usable_rows
from culture_ray.stages.regress.same_model import merged_models
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import BAYESIAN


def write_bayesian(
    run: RunDirectory, cells: Cells, inference: InferenceSettings, seed: int
) -> None:
    """Write regression/bayesian.csv, or remove it where it is not wanted or nothing was fitted.

    Raises MissingExtra and DiskProblem.
    """
    wanted = inference.bayesian and not missing_capability(regression_rows(cells))
    if rows := list(_rows(cells, inference, seed)) if wanted else []:
        catalogue.write(run, "bayesian", pa.Table.from_pylist(rows, BAYESIAN))
    else:
        catalogue.remove(run, "bayesian")


def _rows(cells: Cells, inference: InferenceSettings, seed: int) -> Iterator[dict[str, Any]]:
    """Yield a row per term; none where multilingual.csv says why there is no regression."""
    usable = usable_rows(cells, inference.outcome)
    known, draws, _ = merged_models(usable.rows, usable.draws, inference.same_model)
    design = RegressionDesign(inference.design, inference.designs[inference.design])
    try:
        check = bayesian_check(
            known,
            design,
            draws,
            topics=usable.units,
            chain_draws=inference.bayesian_draws,
            seed=seed,
        )
    except BadTable:
        return
    figures = ("mean", "std_dev", "ci_low", "ci_high", "p_above_zero", "rhat", "ess")
    for term in check.terms:
        values = {name: getattr(term, name) for name in figures}
        yield {name: value if math.isfinite(value) else None for name, value in values.items()} | {
            "design": inference.design,
            "outcome": inference.outcome,
            "term": term.term,
            "divergences": check.divergences,
            "rows": check.rows,
            "reason": term.reason or None,
        }
