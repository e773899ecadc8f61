"""Regressions without each model: how far the figures depend on a single one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from culture_ray.errors import UserError
from culture_ray.regression.designs import DesignMatrices
from culture_ray.regression.results import Regression, WithoutModel
from culture_ray.regression.sampling import SamplingError


def regressions_without_models(
    rows: pd.DataFrame,
    matrices: DesignMatrices,
    errors: SamplingError | None,
    refit: Callable[[pd.DataFrame, SamplingError | None], Regression],
    *,
    most: int,
) -> tuple[tuple[WithoutModel, ...], tuple[str, ...]]:
    """Return the regression without each model, capability recentred, and a note if skipped.

    Args:
        rows: all rows given.
        matrices: the design's matrices, which name the rows that were fitted.
        errors: sampling errors of all rows; None if V is not known.
        refit: returns the regression of some of the rows with their sampling errors.
        most: number of models above which nothing is refitted.
    """
    fitted_rows = rows.iloc[matrices.kept].reset_index(drop=True)
    models = sorted(set(fitted_rows["model"]))
    if len(models) > most:
        return (), (f"not refitted without each of the {len(models)} models",)
    results = []
    for model in models:
        keep = np.flatnonzero(fitted_rows["model"] != model)
        kept = None if errors is None else errors.of_rows(matrices.kept[keep])
        try:
            result = refit(fitted_rows.iloc[keep], kept)
            results.append(WithoutModel(str(model), result.terms, result.notes))
        except UserError as error:
            results.append(WithoutModel(str(model), (), (str(error),)))
    return tuple(results), ()
