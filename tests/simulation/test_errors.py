"""Error variances of means and differences follow from those of pairs of cells."""

from __future__ import annotations

import numpy as np
import pytest

from culture_ray.simulation.errors import PairMoments, _moments, error_variances
from culture_ray.simulation.world import World

MOMENTS = PairMoments(
    cell=9.0, model=4.0, family_language=5.0, family=2.0, language=3.0, neither=1.0
)


def _covariance(sizes: tuple[int, ...], languages: int) -> np.ndarray:
    """Covariance of all cells, written out pair by pair."""
    names = [
        (f, m, k) for f, size in enumerate(sizes) for m in range(size) for k in range(languages)
    ]

    def pair(one: tuple[int, ...], other: tuple[int, ...]) -> float:
        family, language = one[0] == other[0], one[2] == other[2]
        if one[:2] == other[:2]:
            return MOMENTS.cell if language else MOMENTS.model
        if family:
            return MOMENTS.family_language if language else MOMENTS.family
        return MOMENTS.language if language else MOMENTS.neither

    return np.array([[pair(one, other) for other in names] for one in names])


@pytest.mark.parametrize(("sizes", "languages"), [((3, 3), 2), ((1, 4, 2), 3), ((2,), 1)])
def test_the_variance_of_the_mean_is_that_of_all_cells(
    sizes: tuple[int, ...], languages: int
) -> None:
    V = _covariance(sizes, languages)
    assert MOMENTS.of_mean(sizes, languages) == pytest.approx(V.mean())


def test_the_variance_of_a_difference_is_that_of_two_models_means() -> None:
    V = _covariance((1, 1), 3)
    weights = np.repeat([1 / 3, -1 / 3], 3)
    assert MOMENTS.of_difference(3) == pytest.approx(weights @ V @ weights)


def test_more_topics_and_more_responses_make_errors_smaller() -> None:
    few, topics, responses = (
        error_variances(*size, 0.0, studies=10) for size in ((12, 60), (48, 60), (12, 600))
    )
    assert topics.us_bias.cell < 0.5 * few.us_bias.cell
    assert topics.alignment.neither < 0.6 * few.alignment.neither
    assert responses.alignment.cell < few.alignment.cell
    assert few.between_cells > responses.between_cells > 0


def test_the_covariance_of_two_cells_counts_where_they_have_the_same_in_common() -> None:
    cells = World(families=2, per_family=3, languages=2).cells
    found = _moments(_covariance((3, 3), 2), cells)
    assert found == MOMENTS


def test_true_levels_of_models_and_cells_add_to_their_errors() -> None:
    found, world = error_variances(12, 60, 0.0, studies=10), World()
    errors, effect = found.alignment, world.consistency_effect
    of_model = errors.model - errors.family
    of_cell = errors.cell - errors.family_language - of_model
    for total, own, spread, of_consistency in (
        (found.between_models, of_model, world.sd_model, world.sd_consistency_model),
        (found.between_cells, of_cell, world.sd_cell, world.sd_consistency_cell),
    ):
        assert total - own == pytest.approx(spread**2 + (effect * of_consistency) ** 2)
