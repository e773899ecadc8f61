"""Leaderboard: alignment, gap and slope of models, with ranks and the closest country."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from culture_ray.measures.levels import gap_by_chance, levels
from culture_ray.measures.rank_ranges import rank_ranges
from culture_ray.measures.resampling.spread import (
    mean_of_defined,
    standard_errors,
    t_half_width,
)
from culture_ray.measures.result import FloatArray
from culture_ray.stages.regress.closeness.closest import Closest, closest_countries
from culture_ray.stages.regress.closeness.main_cells import MainCells
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import LEADERBOARD

_FIGURES = ("alignment", "gap", "slope")
_LIMITS = {"alignment": (-1.0, 1.0), "gap": (0.0, 100.0), "slope": (-np.inf, np.inf)}
_NO_SPEAKERS = "no ground truth for the speakers of this language"


def write_leaderboard(run: RunDirectory, cells: MainCells) -> None:
    """Write leaderboard.csv of a run; raises DiskProblem."""
    table = leaderboard(cells)
    catalogue.write(run, "leaderboard", pa.Table.from_pylist(table, schema=LEADERBOARD))


def leaderboard(cells: MainCells) -> list[dict[str, Any]]:
    """Return the rows of the LEADERBOARD table: means first, then single cells."""
    figures = _figures(cells)
    closest = closest_countries(cells)
    everything = np.arange(len(cells.rows))
    models, languages = cells.rows["model"], cells.rows["language"]
    groups = [_Group(None, None, everything)]
    groups += [_Group(m, None, np.flatnonzero(models == m)) for m in dict.fromkeys(models)]
    groups += [_Group(None, x, np.flatnonzero(languages == x)) for x in dict.fromkeys(languages)]
    rows = [_row(cells, figures, group) for group in groups]
    rows += [
        _row(cells, figures, _Group(models[i], languages[i], everything[i : i + 1]))
        | _of_cell(cells, i, closest[i])
        for i in range(len(cells.rows))
    ]
    return list(_ranked(rows, cells, figures))


@dataclass(frozen=True, eq=False)
class _Group:
    """Cells that a row is the mean of; `model` or `language` is None for all of them."""

    model: str | None
    language: str | None
    cells: Any


Figures = dict[str, FloatArray]
"""Figure -> estimates in row 0 and rounds below; (1 + B, C)."""


def _figures(cells: MainCells) -> Figures:
    rounds = len(cells.alignment_rounds)
    observed = levels(cells.means, cells.people)
    drawn = levels(cells.means, cells.people, cells.draws(rounds))
    aligned = cells.rows["alignment_language"].to_numpy(np.float64, na_value=np.nan)
    return {
        "alignment": np.vstack([aligned, cells.alignment_rounds]),
        "gap": np.vstack([observed.gap, drawn.gap]),
        "slope": np.vstack([observed.slope, drawn.slope]),
    }


def _row(cells: MainCells, figures: Figures, group: _Group) -> dict[str, Any]:
    """Return one row: means over the cells of a group in which a figure is defined."""
    known = ~np.isnan(cells.means[group.cells]) & ~np.isnan(cells.people[group.cells])
    topics = int(known.any(axis=0).sum())
    family = None if group.model is None else cells.rows["family"].iloc[group.cells[0]]
    row: dict[str, Any] = {
        "model": group.model, "family": family, "language": group.language,
        "cells": int((~np.isnan(figures["alignment"][0, group.cells])).sum()), "topics": topics,
    }  # fmt: skip
    for name in _FIGURES:
        row |= _estimate(name, figures[name][:, group.cells], topics)
    chance = [
        gap_by_chance(cells.study[i].cell, cells.people[i], cells.people_errors[i])
        for i in group.cells
    ]
    row["gap_by_chance"] = _known(float(mean_of_defined(np.array(chance))))
    row["reason"] = None if topics else _NO_SPEAKERS
    return row


def _estimate(name: str, values: FloatArray, topics: int) -> dict[str, float | None]:
    """Return the columns of a figure from estimates and rounds of the cells in a mean."""
    defined = ~np.isnan(values[0])
    # A round in which one of the cells is undefined has no mean.
    means = np.where(defined, values, 0.0).sum(axis=1) / max(defined.sum(), 1)
    value = means[0] if defined.any() else np.nan
    error = standard_errors(means[1:, None], [topics])[0] if defined.any() else np.nan
    half_width = float(t_half_width(error, topics))
    low, high = _LIMITS[name]
    return {
        name: _known(value),
        f"{name}_std_error": _known(error),
        f"{name}_ci_low": _known(max(value - half_width, low)),
        f"{name}_ci_high": _known(min(value + half_width, high)),
    }


def _of_cell(cells: MainCells, place: int, closest: Closest | None) -> dict[str, Any]:
    """Return the columns that only a single cell has; its alignment is that of cells.csv."""
    of_cells = {
        f"alignment{part}": _known(float(cells.rows[f"alignment_language{part}"].iloc[place]))
        for part in ("", "_std_error", "_ci_low", "_ci_high")
    }
    if closest is None:
        return of_cells
    return of_cells | {
        "closest": closest.country,
        "closest_alignment": closest.alignment,
        "closest_percent": _known(100 * closest.share),
        "closest_speaks": closest.speaks,
        "speaking_percent": _known(100 * closest.speaking_share),
    }


def _ranked(
    rows: Sequence[dict[str, Any]], cells: MainCells, figures: Figures
) -> Iterator[dict[str, Any]]:
    """Yield the rows with ranks among the models of each language, and among the means of models.

    A mean has a rank if it is over the largest set of languages: means over different languages
    cannot be compared.
    """
    models, languages = (cells.rows[name].to_numpy() for name in ("model", "language"))
    defined = ~np.isnan(figures["alignment"][0])
    spoken = {name: frozenset(languages[defined & (models == name)]) for name in models}
    widest = max(spoken.values(), key=len, default=frozenset())
    groups = dict.fromkeys(row["language"] for row in rows)
    for language in groups:
        of_group = [
            row
            for row in rows
            if row["language"] == language
            and row["model"] is not None
            and row["alignment"] is not None
            and (language is not None or spoken[row["model"]] == widest)
        ]
        if not of_group:
            continue
        own = [
            defined & (models == row["model"]) & (language is None or languages == language)
            for row in of_group
        ]
        drawn = np.column_stack([figures["alignment"][1:, chosen].mean(axis=1) for chosen in own])
        values = np.array([row["alignment"] for row in of_group])
        ranks = rank_ranges(values, drawn, min(row["topics"] for row in of_group))
        for row, rank, low, high in zip(of_group, ranks.rank, ranks.low, ranks.high, strict=True):
            row |= {"rank": int(rank), "rank_low": int(low) or None, "rank_high": int(high) or None}
    yield from rows


def _known(value: float) -> float | None:
    return None if pd.isna(value) else float(value)
