"""Populations over the topics of a cell: sets of topics, and ground truth about its mean."""

import numpy as np
import pytest

from culture_ray.measures.cells import tabulate
from culture_ray.measures.populations import Populations
from culture_ray.measures.result import InvalidMeasureInput

TRUTH = np.array([[0.2, 0.4, 0.9], [0.5, np.nan, 0.7], [np.nan, np.nan, np.nan]])


def test_centred_ground_truth_is_that_of_the_topics_with_a_figure():
    found = Populations(TRUTH).centred_values
    np.testing.assert_allclose(found, [[-0.3, -0.1, 0.4], [-0.1, 0, 0.1], [0, 0, 0]], atol=1e-12)


def test_populations_have_figures_for_the_topics_of_a_cell_and_no_others():
    found = Populations.over(tabulate([0, 2], [0.5, 1.0]), TRUTH)
    np.testing.assert_array_equal(found.values, TRUTH[:, [0, 2]])
    assert Populations.over(tabulate([], []), TRUTH[:, :1]).values.shape == (3, 0)
    with pytest.raises(InvalidMeasureInput, match="topic index 3"):
        Populations.over(tabulate([3], [0.5]), TRUTH)
