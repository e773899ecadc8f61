"""Data sets fitted together, and those of them that are fitted again."""

from __future__ import annotations

import numpy as np

from culture_ray.regression.reml.fit import _replaced
from culture_ray.regression.reml.variances import Variances


def _variances(value: float, count: int) -> Variances:
    return Variances(
        s=np.full((count, 2), value),
        criterion=np.full(count, value),
        hessian=np.full((count, 2, 2), value),
        at_zero=np.full((count, 2), value > 1),
        converged=np.full(count, value > 1),
    )


def test_data_sets_that_were_fitted_again_replace_the_first_attempt() -> None:
    found = _replaced(_variances(1.0, 3), np.array([2, 0]), _variances(2.0, 2))
    assert found.criterion.tolist() == [2.0, 1.0, 2.0]
    assert found.s[:, 0].tolist() == [2.0, 1.0, 2.0]
    assert found.converged.tolist() == [True, False, True]
