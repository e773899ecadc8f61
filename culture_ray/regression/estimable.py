"""Designs reduced to what the rows can estimate."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd

from culture_ray.errors import BadTable
from culture_ray.regression.designs import DesignMatrices, RegressionDesign, design_matrices
from culture_ray.regression.formulas import without_group
from culture_ray.regression.reml.compress import Compressed, compress

_BY_FAMILY = re.compile(r"capability_within\s*:\s*family|family\s*:\s*capability_within")
_FEWEST_SPARE_MODELS = 2
_MOST_LEVELS = 600
"""Levels of a crossed factor up to which a fit takes seconds."""


def estimable_design(
    design: RegressionDesign, rows: pd.DataFrame
) -> tuple[RegressionDesign, DesignMatrices, tuple[str, ...]]:
    """Return the design that these rows can estimate, its matrices, and a note on each change.

    Slopes by family become one slope for all families where fewer than two models are left after an
    intercept and a slope for each family: families of two models have no variance of their own, and
    tests of their slopes almost never reject. A crossed random intercept, such as
    `(1 | family:language)`, is left out where it cannot be told from the other terms.

    Raises BadTable and WrongValue as `design_matrices`.
    """
    design, matrices, notes = _with_estimable_factors(design, rows)
    if _BY_FAMILY.search(design.formula) and _too_few_for_slopes(matrices):
        pooled = replace(design, formula=_BY_FAMILY.sub("capability_within", design.formula))
        design, matrices, more = _with_estimable_factors(pooled, rows)
        notes += more
        notes += (
            "one slope of capability_within for all families instead of one each: the families "
            "have too few models for slopes of their own",
        )
    return design, matrices, tuple(dict.fromkeys(notes))


def identifiable(data: Compressed, *, residual: bool) -> bool:
    """Return True if the variances of the random factors can be told apart in these data."""
    basis = np.linalg.qr(data.X)[0]
    project = np.eye(len(data.y)) - basis @ basis.T
    kernels = [*data.kernels]
    if residual and not data.spare.count:
        kernels.append(np.eye(len(data.y)))
    flat = np.array([(project @ G @ project).ravel() for G in kernels])
    tolerance = 1e-9 * (len(data.y) + data.spare.count)
    return not len(flat) or bool(np.linalg.matrix_rank(flat, tol=tolerance) == len(flat))


def _with_estimable_factors(
    design: RegressionDesign, rows: pd.DataFrame
) -> tuple[RegressionDesign, DesignMatrices, tuple[str, ...]]:
    notes: tuple[str, ...] = ()
    while True:
        crossed = re.findall(r"\|\s*(\w+\s*:[\s\w:]+?)\s*\)", design.formula)
        try:
            matrices = design_matrices(design, rows)
        except BadTable:
            if not crossed:
                raise
            matrices = None
        if matrices is not None and (not crossed or _separate(matrices)):
            return design, matrices, notes
        group = crossed[-1]
        design = replace(design, formula=without_group(design.formula, group))
        notes += (
            f"left out (1 | {group}): with these families and languages it cannot be told from the "
            "other terms",
        )


def _separate(matrices: DesignMatrices) -> bool:
    """Return True if every random factor can be told from the others and the residual."""
    levels = matrices.levels()
    if sum(Z.shape[1] for Z in levels) > _MOST_LEVELS:
        return False
    return identifiable(compress(matrices.y, matrices.X, levels, None), residual=True)


def _too_few_for_slopes(matrices: DesignMatrices) -> bool:
    models = matrices.rows.groupby("family")["model"].nunique()
    several = models[models >= 2]
    return len(several) >= 2 and int((several - 2).sum()) < _FEWEST_SPARE_MODELS
