"""Reference labels of a cell: a sample of its responses, labelled by people or a stronger judge."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from culture_ray.measures.cells import DECIMALS, Cell
from culture_ray.measures.result import BoolArray, FloatArray, IntArray, require


@dataclass(frozen=True, eq=False)
class ReferenceLabels:
    """M reference labels of a cell; a response with several labels is in it several times."""

    topic: IntArray
    """Index in the caller's list of the topic of each; (M,)."""
    reference: FloatArray
    """Value polarity by the reference, NaN where undefined; (M,)."""
    judged: FloatArray
    """Value polarity by the judge of the same response, NaN where undefined; (M,)."""
    weight: FloatArray
    """Responses that each stands for, up to a common factor: 1 / probability of being drawn; (M,).
    Labels of one response share its weight."""
    labelled: int
    """Number of responses with such labels."""
    responses: IntArray
    """Responses of the cell from which these were drawn, by topic of the caller's list."""

    def __post_init__(self) -> None:
        shapes = {x.shape for x in (self.topic, self.reference, self.judged, self.weight)}
        require(len(shapes) == 1, f"reference labels of shapes {sorted(shapes)}")
        require(bool(np.all(self.weight > 0)), "a reference label of weight 0 or less")


@dataclass(frozen=True, eq=False)
class LabelledCell:
    """Cell with its reference labels, over T topics and the V values of either."""

    cell: Cell
    labels: ReferenceLabels

    @cached_property
    def topics(self) -> IntArray:
        """Indices in the caller's list of the topics with responses or labels, ascending; (T,)."""
        return np.union1d(self.cell.topics, self.labels.topic).astype(np.int64)

    @cached_property
    def values(self) -> FloatArray:
        """Value polarities that occur, ascending; (V,)."""
        found = [self.cell.values, rounded_polarity(self.labels.reference), self._judged]
        return np.unique(np.concatenate([values[~np.isnan(values)] for values in found]))

    @cached_property
    def judged(self) -> FloatArray:
        """Responses per topic and value by the judge; (T, V)."""
        table = np.zeros((self.topics.size, self.values.size))
        rows = np.searchsorted(self.topics, self.cell.topics)
        columns = np.searchsorted(self.values, self.cell.values)
        table[np.ix_(rows, columns)] = self.cell.counts
        return table

    @cached_property
    def reference_sample(self) -> FloatArray:
        """Weight of the labels per topic and value by the reference; (T, V)."""
        return self._table(rounded_polarity(self.labels.reference))

    @cached_property
    def judged_sample(self) -> FloatArray:
        """Weight of the labels per topic and value by the judge; (T, V)."""
        return self._table(self._judged)

    @cached_property
    def drawn(self) -> FloatArray:
        """Weight of the labels per topic, with or without a value polarity; (T,)."""
        row = np.searchsorted(self.topics, self.labels.topic)
        sums = np.bincount(row, self.labels.weight, minlength=self.topics.size)
        return np.asarray(sums, dtype=np.float64)

    @cached_property
    def responses(self) -> FloatArray:
        """Responses per topic from which the labels were drawn; (T,)."""
        return np.asarray(self.labels.responses[self.topics], dtype=np.float64)

    @property
    def labelled_topics(self) -> int:
        """Number of topics with a label."""
        return int((self.drawn > 0).sum())

    @property
    def _judged(self) -> FloatArray:
        return rounded_polarity(self.labels.judged)

    def _table(self, polarity: FloatArray) -> FloatArray:
        known: BoolArray = ~np.isnan(polarity)
        row = np.searchsorted(self.topics, self.labels.topic[known])
        column = np.searchsorted(self.values, polarity[known])
        table = np.zeros((self.topics.size, self.values.size))
        np.add.at(table, (row, column), self.labels.weight[known])
        return table


def rounded_polarity(values: FloatArray) -> FloatArray:
    """Return value polarities rounded as those of cells are, so that equal ones are equal."""
    return np.asarray(np.round(values, DECIMALS), dtype=np.float64)
