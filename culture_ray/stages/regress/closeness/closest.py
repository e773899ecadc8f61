"""Closest country of each cell: the highest alignment, and how surely so over draws of topics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from culture_ray.measures.resampling.bootstrap import (
    BootstrapOptions,
    StudyCell,
    bootstrap_cell,
)
from culture_ray.measures.resampling.resample import DrawLevel, Resampling
from culture_ray.stages.regress.closeness.main_cells import MainCells

_MOST_ROUNDS = 200
"""Draws of topics behind a share, which is then known to 4 points or better."""


@dataclass(frozen=True)
class Closest:
    """Country with the highest alignment with a cell."""

    country: str
    alignment: float
    share: float
    """Share of draws of topics in which it is the closest."""
    speaks: bool
    """True if the prompt's language is spoken there."""
    speaking_share: float
    """Share of draws in which the closest country speaks the language; NaN if no country does."""


def closest_countries(cells: MainCells) -> list[Closest | None]:
    """Return the closest country of each cell; None with fewer than two comparable countries."""
    countries = [p for p in cells.truth.populations if p.kind == "country"]
    values = cells.truth.value_polarity[[cells.truth.row(p.name) for p in countries]]
    drawing = Resampling(
        DrawLevel.JOINT_TOPICS, max(1, min(len(cells.alignment_rounds), _MOST_ROUNDS)), cells.seed
    )
    speaking = {
        code: [p in cells.truth.countries_of(code) for p in countries]
        for code in set(cells.languages)
    }
    found: list[Closest | None] = []
    for cell, language in zip(cells.study, cells.languages, strict=True):
        if len(countries) < 2:
            found.append(None)
            continue
        result = bootstrap_cell(
            StudyCell(cell.key, cell.cell), values, drawing, cells.topics,
            BootstrapOptions(consistency=False),
        )  # fmt: skip
        found.append(
            _closest(
                [p.name for p in countries],
                np.array(speaking[language]),
                result.alignment.value,
                result.alignment_rounds,
            )
        )
    return found


def _closest(
    names: list[str], speaks: np.ndarray, values: np.ndarray, rounds: np.ndarray
) -> Closest | None:
    if np.isnan(values).sum() > len(values) - 2:
        return None
    best = int(np.nanargmax(values))
    drawn = rounds[~np.isnan(rounds).all(axis=1)]
    winners = np.nanargmax(drawn, axis=1) if len(drawn) else np.zeros(0, np.int64)
    sure = len(drawn) > 0
    return Closest(
        names[best],
        float(values[best]),
        float((winners == best).mean()) if sure else np.nan,
        bool(speaks[best]),
        float(speaks[winners].mean()) if sure and speaks.any() else np.nan,
    )
