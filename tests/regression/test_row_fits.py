from __future__ import annotations

import numpy as np

from culture_ray.regression.designs import WITHIN, design_matrices
from culture_ray.regression.row_fits import RowFits, topic_errors_of
from culture_ray.regression.sampling import SamplingError
from tests.regression.made_up import study


def test_only_the_shared_sampling_error_is_fitted_unless_all_of_it_is_asked_for() -> None:
    rows = study(1)
    made = design_matrices(WITHIN, rows)
    root = 0.01 * np.random.default_rng(1).normal(size=(200, len(rows)))
    errors = SamplingError(root)
    shared = RowFits(made, topic_errors_of(made, errors, "shared"), "shared").data(made.X)
    assert shared.spare.count > 0
    known = RowFits(made, topic_errors_of(made, errors, "known"), "known").data(made.X)
    assert known.spare.count == 0
    assert known.V is not None
    np.testing.assert_allclose(known.V, root.T @ root)
