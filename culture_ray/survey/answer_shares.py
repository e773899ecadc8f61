"""Reader of the distributions of populations' answers that a run is compared with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from culture_ray.errors import BadTable
from culture_ray.survey.files import read_table
from culture_ray.survey.topics import Topic
from culture_ray.tables import ANSWER_SHARES

Figures = npt.NDArray[np.float64]
TOLERANCE = 0.02
"""Deviation from 1 of shares that are taken as rounded; they are scaled to 1."""


@dataclass(frozen=True, eq=False)
class AnswerShares:
    """Shares of a population's answers to a topic, in the order of the topic's scale.

    `share` is (K,) and `halves` (2, K), NaN where unknown; each adds up to 1.
    """

    share: Figures
    halves: Figures


def read_answer_shares(path: Path, topics: Sequence[Topic]) -> dict[tuple[str, str], AnswerShares]:
    """Return the shares by population and topic; topics that are not among `topics` are left out.

    An answer without a row has the share 0. Raises BadTable for missing columns, shares outside
    0..1 or that do not add up to 1, two rows of one answer, and an answer that is not on the
    topic's scale.
    """
    table = read_table(path, ANSWER_SHARES)
    scales = {topic.id: topic.scale.answers for topic in topics}
    cells: dict[tuple[str, str], dict[int, tuple[float, float, float]]] = {}
    for row, values in enumerate(_rows(table)):
        population, topic, answer, *figures = values
        if topic not in scales:
            continue
        place = f"{path}: population {population}, topic {topic}"
        if answer not in scales[topic]:
            known = ", ".join(map(str, scales[topic]))
            raise BadTable(f"{place}: answer {answer} is not on its scale: {known}")
        share = figures[0]
        if not 0 <= share <= 1:
            raise BadTable(f"{place}: share is {share} in data row {row + 1}, not within 0 and 1")
        of_cell = cells.setdefault((population, topic), {})
        if answer in of_cell:
            raise BadTable(f"{place}: two rows for answer {answer}")
        of_cell[answer] = (share, *(np.nan if x is None else x for x in figures[1:]))
    return {
        cell: _whole(f"{path}: population {cell[0]}, topic {cell[1]}", found, scales[cell[1]])
        for cell, found in cells.items()
    }


def _rows(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    names = ("population", "topic", "answer", "share", "half_a", "half_b")
    return zip(*(table.column(name).to_pylist() for name in names), strict=True)


def _whole(
    place: str, found: Mapping[int, tuple[float, float, float]], scale: Sequence[int]
) -> AnswerShares:
    figures = np.array([found.get(answer, (0.0, 0.0, 0.0)) for answer in scale]).T
    totals = figures.sum(axis=1)
    if abs(totals[0] - 1) > TOLERANCE:
        raise BadTable(f"{place}: the shares add up to {totals[0]:.4g}, not to 1")
    wrong = np.abs(totals[1:] - 1) > TOLERANCE
    if wrong.any():
        half = ("half_a", "half_b")[int(wrong.argmax())]
        raise BadTable(f"{place}: {half} adds up to {totals[1:][wrong][0]:.4g}, not to 1")
    return AnswerShares(figures[0] / totals[0], figures[1:] / totals[1:, None])
