"""Notices about values of a data file that were corrected or left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Notice:
    """Sentence about values of a data file that were corrected or left out, with their number."""

    text: str
    count: int


def noticed(text: str, rows: npt.NDArray[np.bool_]) -> list[Notice]:
    """Return a notice with the number of true rows, nothing if there are none."""
    count = int(rows.sum())
    return [Notice(text, count)] if count else []
