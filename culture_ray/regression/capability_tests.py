"""Permutation tests of the terms of capability within families, in a valid regression."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from culture_ray.regression.designs import RegressionDesign, per_unit
from culture_ray.regression.permutation import PermutationTest, permutation_tests
from culture_ray.regression.reml.compress import Compressed
from culture_ray.regression.results import Term
from culture_ray.regression.row_fits import RowFits


def capability_tests(
    design: RegressionDesign, fits: RowFits, data: Compressed, *, most: int, seed: int
) -> tuple[PermutationTest, ...]:
    """Return the permutation test of each term that contains capability within families.

    `data` are those of `fits` with all terms, and `seed` is that of the arrangements drawn. There
    is no test where the design has no such term, `most` arrangements are 0, or the terms that
    remain under the null hypothesis cannot be fitted.
    """
    matrices = fits.matrices
    if not most or "capability_within" not in matrices.rows.columns:
        return ()
    unit = per_unit(design, matrices, "capability_within")
    # The dimensions of all terms hold what those of fewer terms do.
    null_fit = fits.fit(replace(data, X=data.X[:, np.abs(unit).sum(0) == 0]))
    if not null_fit.converged:
        return ()
    return permutation_tests(matrices, unit, data, null_fit, fits.errors, most=most, seed=seed)


def with_p_values(terms: tuple[Term, ...], tests: tuple[PermutationTest, ...]) -> tuple[Term, ...]:
    """Return the terms with the p values of their permutation tests, None for those without."""
    p_values = {test.term: test.p_value for test in tests}
    return tuple(replace(t, p_permutation=p_values.get(t.term)) for t in terms)


def smallest_p_values(tests: tuple[PermutationTest, ...]) -> tuple[str, ...]:
    """Return a sentence per test with so few arrangements that its p value cannot be small."""
    return tuple(
        f"p_permutation of {t.term} cannot be below {1 / t.arrangements:.2g}: "
        f"its models can be arranged in {t.arrangements} ways"
        for t in tests
        if t.exhaustive and t.arrangements < 100
    )
