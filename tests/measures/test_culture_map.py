"""Map of people and models: distances, missing values, ellipses."""

from __future__ import annotations

import numpy as np
import pytest

from culture_ray.measures.culture_map import culture_map, ellipse, first_equal

RNG = np.random.default_rng(4)
MODELS = np.arange(12) >= 6


def drawn(topics: int, rounds: int = 200) -> np.ndarray:
    """Return joint draws of topics with replacement."""
    return np.random.default_rng(1).multinomial(topics, np.full(topics, 1 / topics), rounds)


def plane(topics: int) -> tuple[np.ndarray, np.ndarray]:
    """Return places in a plane of 12 points, and their values over topics."""
    places = RNG.normal(0, 0.05, (12, 2))
    axes = np.linalg.qr(RNG.normal(size=(topics, 2)))[0].T * np.sqrt(topics)
    return places, 0.5 + places @ axes


def distances(places: np.ndarray) -> np.ndarray:
    return np.linalg.norm(places[:, None] - places, axis=2)


@pytest.mark.parametrize("topics", [8, 40])
def test_points_in_a_plane_keep_their_distances_in_points(topics: int) -> None:
    places, values = plane(topics)
    found = culture_map(values, MODELS, drawn(topics))
    assert found is not None
    assert distances(found.places) == pytest.approx(100 * distances(places))
    assert found.shares.sum() == pytest.approx(1)
    apart = np.sqrt(((values[0] - values[7]) ** 2).mean())
    assert distances(found.places)[0, 7] == pytest.approx(100 * apart)


def test_loadings_turn_differences_of_values_into_differences_of_places() -> None:
    values = RNG.uniform(size=(12, 20))
    values[:, 7] = np.nan
    found = culture_map(values, MODELS, drawn(20))
    assert found is not None
    used = np.arange(20) != 7
    assert np.isnan(found.loadings[7]).all()
    assert (found.loadings[used] ** 2).sum(axis=0) == pytest.approx([1, 1])
    moved = 100 * (values[3] - values[9])[used] @ found.loadings[used] / np.sqrt(19)
    assert found.places[3] - found.places[9] == pytest.approx(moved)


def test_an_order_of_points_or_topics_changes_nothing() -> None:
    values = RNG.uniform(size=(12, 20))
    found = culture_map(values, MODELS, drawn(20))
    order, topics = RNG.permutation(12), RNG.permutation(20)
    again = culture_map(values[order][:, topics], MODELS[order], drawn(20)[:, topics])
    assert found is not None and again is not None
    assert again.places == pytest.approx(found.places[order])
    assert again.covariance == pytest.approx(found.covariance[order])


def test_more_copies_of_a_model_do_not_turn_the_map() -> None:
    values = RNG.uniform(size=(12, 20))
    copies = np.vstack([values, *[values[6:]] * 5])
    kinds = np.concatenate([MODELS, np.ones(30, bool)])
    found, again = (culture_map(v, k, drawn(20)) for v, k in ((values, MODELS), (copies, kinds)))
    assert found is not None and again is not None
    assert again.places[:12] == pytest.approx(found.places)


def test_a_point_without_half_of_the_topics_is_left_out_and_a_gap_is_filled() -> None:
    values = RNG.uniform(size=(12, 20))
    values[0, :11] = np.nan
    values[1, 0] = np.nan
    found = culture_map(values, MODELS, drawn(20))
    assert found is not None
    assert np.isnan(found.places[0]).all() and not np.isnan(found.places[1:]).any()


def test_too_few_topics_or_points_make_no_map() -> None:
    values = RNG.uniform(size=(12, 4))
    assert culture_map(values, MODELS, drawn(4)) is None
    assert culture_map(RNG.uniform(size=(2, 9)), np.array([True, False]), drawn(9)) is None
    assert culture_map(np.full((3, 9), np.nan), np.array([True, False, False]), drawn(9)) is None


def test_ellipses_shrink_with_the_number_of_topics() -> None:
    values = plane(400)[1] + RNG.normal(0, 0.05, (12, 400))
    few, many = (culture_map(values[:, :topics], MODELS, drawn(topics)) for topics in (25, 400))
    assert few is not None and many is not None
    sizes = [np.mean([ellipse(c)[0] for c in one.covariance]) for one in (few, many)]
    assert sizes[1] < 0.5 * sizes[0]


def test_an_ellipse_has_the_axes_of_its_covariance() -> None:
    turn = np.radians(30)
    axes = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    major, minor, angle = ellipse(axes @ np.diag([4.0, 1.0]) @ axes.T)
    assert (major, minor, angle) == pytest.approx((2 * 2.4477, 2.4477, 30), rel=1e-3)


def test_equal_points_are_those_with_equal_values_and_gaps() -> None:
    values = np.array([[0.1, np.nan], [0.1, 0.2], [0.1, np.nan], [0.1, 0.2]])
    assert first_equal(values).tolist() == [0, 1, 0, 1]


def test_points_without_values_equal_no_other() -> None:
    nothing = np.full((3, 2), np.nan)
    assert first_equal(nothing).tolist() == [0, 1, 2]
    assert first_equal(np.vstack([nothing[:1], [[0.1, 0.2], [0.1, 0.2]]])).tolist() == [0, 1, 1]
