"""Labels beside points: none hides another point or label."""

from __future__ import annotations

import numpy as np

from culture_ray.report.plots.label_places import placed_labels


def test_a_lone_label_stands_right_of_its_point() -> None:
    ((right, below),) = placed_labels(np.array([[50.0, 50.0]]), [("Denmark", 6.0)])
    assert right > 0 and below < 0


def test_a_label_gives_way_to_a_neighbour() -> None:
    points = np.array([[50.0, 50.0], [58.0, 50.0]])
    left, right = placed_labels(points, [("Denmark", 6.0), ("Norway", 6.0)])
    assert left is not None and right is not None
    assert left[0] < 0 < right[0]


def test_a_label_without_room_is_left_out() -> None:
    points = np.full((40, 2), 50.0) + np.random.default_rng(1).normal(0, 3, (40, 2))
    placed = placed_labels(points, [("A long name", 7.0)] * 40)
    assert None in placed and any(place is not None for place in placed)


def test_a_label_stays_between_the_ends() -> None:
    points = np.array([[95.0, 50.0], [5.0, 20.0], [50.0, 80.0]])
    texts = [("Denmark", 6.0), ("Portugal", 6.0), ("Speakers of Portuguese and English", 6.0)]
    left, right, none = placed_labels(points, texts, ends=(0.0, 100.0))
    assert left is not None and left[0] < 0
    assert right is not None and right[0] > 0
    assert none is None
