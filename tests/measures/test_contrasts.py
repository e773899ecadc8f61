import numpy as np

from culture_ray.measures.contrasts import contrasted, contrasted_values
from culture_ray.measures.result import Measured, Reason

CONTRASTS = np.array([[1.0, 0.0, 0.0], [0.5, -0.5, 0.0], [0.0, 0.5, 0.5]])


def test_contrasts_are_weighted_sums_of_figures():
    figures = Measured(np.array([[0.6, 0.2, 0.4], [0.1, 0.3, 0.9]]), np.zeros((2, 3), np.int8))
    found = contrasted(figures, CONTRASTS)
    np.testing.assert_allclose(found.value, [[0.6, 0.2, 0.3], [0.1, -0.1, 0.6]])
    assert found.defined.all()


def test_a_contrast_is_undefined_only_with_a_figure_it_uses_and_says_the_same_reason():
    reason = Reason.NO_SHARED_TOPICS
    figures = Measured(np.array([0.6, 0.2, np.nan]), np.array([0, 0, reason], np.int8))
    found = contrasted(figures, CONTRASTS)
    np.testing.assert_allclose(found.value, [0.6, 0.2, np.nan])
    assert found.reason.tolist() == [Reason.DEFINED, Reason.DEFINED, reason]


def test_many_populations_of_one_cell_are_contrasted_like_those_of_rounds():
    figures = Measured(np.random.default_rng(0).random(400), np.zeros(400, np.int8))
    found = contrasted(figures, np.eye(400))
    np.testing.assert_array_equal(found.value, figures.value)
    assert found.reason.shape == (400,)


def test_contrasts_without_any_population_are_empty_sums():
    found = contrasted_values(np.zeros((5, 0)), np.zeros((4, 0)))
    np.testing.assert_array_equal(found, np.zeros((5, 4)))
