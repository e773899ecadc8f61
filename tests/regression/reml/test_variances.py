"""Bounds of the variances: zero where asked for, and above zero for the residual."""

from __future__ import annotations

import numpy as np

from culture_ray.regression.reml.variances import _Limits

KERNELS = np.array([np.ones((4, 4)), np.diag([2.0, 1.0, 1.0, 3.0]), np.eye(4)])


def test_the_residual_stays_above_zero_and_other_variances_as_asked() -> None:
    free = _Limits.of(KERNELS, residual=True, bounded=False)
    assert free.floor[:2].tolist() == [-np.inf, -np.inf]
    assert 0 < free.floor[2] < 1e-6
    assert _Limits.of(KERNELS, residual=False, bounded=True).floor.tolist() == [0.0, 0.0, 0.0]


def test_a_variance_may_fall_below_zero_as_far_as_the_residual_outweighs_it() -> None:
    limits = _Limits.of(KERNELS, residual=True, bounded=False)
    np.testing.assert_allclose(limits.size, [4.0, 3.0, 1.0])
    s = np.array([[-0.2, 0.5, 1.0], [-0.3, 0.5, 1.0], [0.1, -0.3, 1.0], [0.1, -0.4, 1.0]])
    assert limits.allow(s).tolist() == [True, False, True, False]
