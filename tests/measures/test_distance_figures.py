from __future__ import annotations

import numpy as np
import pytest

from culture_ray.measures.answer_distances import DISTANCES, moments
from culture_ray.measures.distance_figures import FIGURES, distance_figures
from culture_ray.measures.result import FloatArray, InvalidMeasureInput


def study(seed: int, topics: int) -> tuple[list[FloatArray], list[FloatArray], list[FloatArray]]:
    random = np.random.default_rng(seed)
    sizes = random.integers(2, 11, topics)
    model = [random.dirichlet(np.ones(size)) for size in sizes]
    people = [random.dirichlet(np.ones(size)) for size in sizes]
    halves = [np.stack([random.dirichlet(100 * q + 1) for _ in range(2)]) for q in people]
    return model, people, halves


def test_figures_are_means_over_topics_also_in_rounds() -> None:
    model, people, halves = study(1, 9)
    draws = np.random.default_rng(2).multinomial(9, np.full(9, 1 / 9), 5).astype(float)
    found = distance_figures(model, people, halves, draws)
    for nth, (name, distance) in enumerate(DISTANCES.items()):
        values = np.array([distance(p, q) for p, q in zip(model, people, strict=True)])
        assert FIGURES[nth] == name
        assert found.estimate[nth] == pytest.approx(values.mean())
        np.testing.assert_allclose(found.rounds[:, nth], draws @ values / 9)
    variances = np.array(
        [[moments(p)[1], moments(q)[1]] for p, q in zip(model, people, strict=True)]
    )
    expected = variances[:, 0].sum() / variances[:, 1].sum()
    assert found.estimate[FIGURES.index("variance_ratio")] == pytest.approx(expected)
    in_rounds = (draws @ variances)[:, 0] / (draws @ variances)[:, 1]
    np.testing.assert_allclose(found.rounds[:, FIGURES.index("variance_ratio")], in_rounds)


def test_the_floor_is_below_uniform_answers_and_these_below_the_ceiling() -> None:
    model, people, halves = study(3, 12)
    floor, uniform, ceiling = distance_figures(model, people, halves, np.ones((1, 12))).reference
    similar = FIGURES.index("mean_similarity")
    for nth in range(len(DISTANCES)):
        ordered = [floor[nth], uniform[nth], ceiling[nth]]
        assert ordered == sorted(ordered, reverse=nth == similar)
    assert np.isnan(floor[len(DISTANCES) :]).all()


def test_a_population_answers_as_it_does_at_distance_zero() -> None:
    _, people, halves = study(4, 6)
    found = distance_figures(people, people, halves, np.ones((1, 6)))
    values = dict(zip(FIGURES, found.estimate, strict=True))
    assert values["wasserstein"] == values["total_variation"] == values["mean_difference"] == 0
    assert values["mean_similarity"] == values["variance_ratio"] == 1
    assert values["spread_difference"] == 0


def test_a_floor_without_halves_is_unknown_not_zero() -> None:
    model, people, halves = study(5, 6)
    halves[2] = np.full_like(halves[2], np.nan)
    reference = distance_figures(model, people, halves, np.ones((1, 6))).reference
    assert np.isnan(reference[0]).all()
    assert not np.isnan(reference[1:, : len(DISTANCES)]).any()


def test_a_variance_ratio_to_people_of_one_opinion_is_undefined() -> None:
    one = [np.array([1.0, 0.0])]
    found = distance_figures([np.array([0.5, 0.5])], one, [np.stack([one[0]] * 2)], np.ones((1, 1)))
    assert np.isnan(found.estimate[FIGURES.index("variance_ratio")])


def test_without_topics_every_figure_is_undefined() -> None:
    found = distance_figures([], [], [], np.ones((3, 0)))
    assert np.isnan(found.estimate).all() and found.rounds.shape == (3, len(FIGURES))
    with pytest.raises(InvalidMeasureInput, match="draws"):
        distance_figures([], [], [], np.ones((3, 1)))
