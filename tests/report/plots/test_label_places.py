"""Labels around points: none hides another point or label."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.report.drawing.letters import text_width
from culture_ray.report.plots.label_places import LabelPlace, placed_labels

Corners = tuple[float, float, float, float]


def corners(point: np.ndarray, text: str, size: float, place: LabelPlace) -> Corners:
    """Return left, bottom, right and top of a label."""
    x, y = point[0] + place.x, point[1] + place.y
    return x, y, x + text_width(text, size), y + 1.1 * size


def apart(one: Corners, other: Corners) -> bool:
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def test_a_lone_label_stands_right_of_its_point_without_a_line() -> None:
    (place,) = placed_labels(np.array([[50.0, 50.0]]), [("Denmark", 6.0)])
    assert place is not None and place.x > 0 > place.y and place.line is None


def test_a_label_gives_way_to_a_neighbour() -> None:
    points = np.array([[50.0, 50.0], [58.0, 50.0]])
    left, right = placed_labels(points, [("Denmark", 6.0), ("Norway", 6.0)])
    assert left is not None and right is not None
    assert left.x < 0 < right.x


def test_labels_of_a_crowd_are_tied_to_their_points_by_lines() -> None:
    points = 100 + np.random.default_rng(1).normal(0, 8, (10, 2))
    placed = placed_labels(points, [("GB", 6.0)] * 10)
    lines = [place.line for place in placed if place is not None]
    assert len(lines) == 10 and any(lines)
    for place, line in zip(placed, lines, strict=True):
        if place is not None and line is not None:
            # It begins at the edge of the point and ends at the label.
            assert math.hypot(*line[:2]) < 3.3
            left, bottom, right, top = corners(np.zeros(2), "GB", 6.0, place)
            assert left - 0.1 <= line[2] <= right + 0.1 and bottom - 0.1 <= line[3] <= top + 0.1


def test_a_label_without_room_is_left_out() -> None:
    points = np.full((90, 2), 50.0) + np.random.default_rng(1).normal(0, 3, (90, 2))
    placed = placed_labels(points, [("A long name", 7.0)] * 90)
    assert None in placed and any(place is not None for place in placed)
    beside = placed_labels(points, [("A long name", 7.0)] * 90, tied=0)
    assert all(place is None or place.line is None for place in beside)


def test_a_label_stays_within_the_area() -> None:
    points = np.array([[95.0, 50.0], [5.0, 20.0], [50.0, 80.0], [50.0, 1.0]])
    texts = [("Denmark", 6.0), ("Portugal", 6.0), ("Speakers of Portuguese and English", 6.0),
             ("NL", 6.0)]  # fmt: skip
    left, right, none, up = placed_labels(points, texts, area=(0.0, 0.0, 100.0, 100.0))
    assert left is not None and left.x < 0
    assert right is not None and right.x > 0
    assert none is None
    assert up is not None and up.y > 0


@given(
    st.lists(st.tuples(st.floats(0, 120), st.floats(0, 120)), min_size=1, max_size=25),
    st.integers(1, 12),
)
def test_no_label_covers_another_label_or_a_point(
    places: list[tuple[float, float]], letters: int
) -> None:
    points, text = np.array(places), "x" * letters
    placed = placed_labels(points, [(text, 6.0)] * len(places))
    boxes = [corners(p, text, 6.0, x) for p, x in zip(points, placed, strict=True) if x is not None]
    for number, box in enumerate(boxes):
        assert all(apart(box, other) for other in boxes[:number])
    for point, place in zip(points, placed, strict=True):
        if place is not None:
            others = [p for p in points if tuple(p) != tuple(point)]
            label = corners(point, text, 6.0, place)
            assert all(
                apart(label, (x - 3.2, y - 3.2, x + 3.2, y + 3.2)) for x, y in others
            )  # fmt: skip
