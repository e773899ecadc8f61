"""Half-widths of corrected figures by number of labels, and the number for a half-width."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from culture_ray.measures.labelled.allocation import expected_in_cells
from culture_ray.measures.resampling.spread import t_half_width
from culture_ray.measures.result import FloatArray


@dataclass(frozen=True)
class Mean:
    """Mean of a figure over cells."""

    members: Sequence[int]
    """Positions of the cells."""
    std_error: float
    """Standard error of the judged mean, over topics."""


@dataclass(frozen=True, eq=False)
class LabelDesign:
    """Cells of a study whose responses may be labelled, and the means over them."""

    responses: FloatArray
    """Responses of each cell; (C,)."""
    topics: FloatArray
    """Topics of each cell; (C,)."""
    one_label: FloatArray
    """Variance of what one label adds to the figure of a cell; (C,)."""
    means: Mapping[str, Sequence[Mean]]
    """By scope, such as `one language`: its means, of equal interest."""

    def half_widths(self, labels: float) -> dict[str, float]:
        """Return by scope the half-width of 95 % t intervals, averaged over its means.

        `labels` responses are drawn evenly from the cells. Of a mean over C cells, labels add the
        variance sum of one_label (1 / labels - 1 / responses) / C^2 to that over topics.
        """
        drawn = expected_in_cells(self.responses, int(labels))
        with np.errstate(divide="ignore"):
            left = np.maximum(1.0 / drawn - 1.0 / self.responses, 0.0)
        return {
            scope: float(np.mean([self._half_width(mean, self.one_label * left) for mean in means]))
            for scope, means in self.means.items()
        }

    def needed(self, half_width: float) -> dict[str, int | None]:
        """Return by scope the smallest number of labels for a half-width; None if none suffices."""
        found: dict[str, int | None] = {}
        for scope in self.means:
            low, high = 0, int(self.responses.sum())
            if not self.half_widths(high)[scope] <= half_width:
                found[scope] = None
                continue
            while high - low > 1:
                middle = (low + high) // 2
                enough = self.half_widths(middle)[scope] <= half_width
                low, high = (low, middle) if enough else (middle, high)
            found[scope] = high
        return found

    def _half_width(self, mean: Mean, of_labels: FloatArray) -> float:
        members = list(mean.members)
        variance = mean.std_error**2 + of_labels[members].sum() / len(members) ** 2
        return float(t_half_width(np.sqrt(variance), self.topics[members].mean()))
