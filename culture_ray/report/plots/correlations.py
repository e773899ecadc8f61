"""Heatmap of the correlations between populations."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from matplotlib.figure import Figure as Sheet

from culture_ray.report.cell_refs import numbered_rows
from culture_ray.report.cell_values import Row
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.marks import Marks
from culture_ray.report.drawing.sheet import ONE_COLUMN, TWO_COLUMNS, Plot, hide_ticks, sheet
from culture_ray.report.drawing.tooltips import Tooltip, count_lines, measure_lines
from culture_ray.report.formatting import shown
from culture_ray.report.plots.heatmap import COLOURS, ON_DARK, ON_LIGHT, scale_limit
from culture_ray.report.plots.population_order import clustered_populations, same_note
from culture_ray.report.plots.titles import agreement_title
from culture_ray.report.study import ReportPopulation

_MOST_NUMBERS = 24
"""Largest number of populations for which numbers are legible."""


def correlations(content: ReportContent) -> Plot | None:
    """Return the heatmap of populations against each other; None without correlations."""
    rows = [] if content.correlations is None else numbered_rows(content.correlations)
    known = {(r["population"], r["other"]): r["correlation"] for r in rows}
    known |= {(b, a): value for (a, b), value in known.items()}
    people = [p for p in clustered_populations(content) if any(p.id == a for a, _ in known)]
    found = {frozenset((r["population"], r["other"])): r for r in rows}
    if not any(value is not None for value in known.values()):
        return None
    limit = scale_limit(known.values())
    drawn = [known.get((a.id, b.id)) for a, b in combinations(people, 2)]
    return Plot(
        "people_correlations",
        agreement_title([value for value in drawn if value is not None]),
        "Spearman correlation over topics between the value polarities of two populations, as a "
        f"yardstick for a model's alignment. From {shown(-limit, 1)} (brown) through 0 (pale) to "
        f"{shown(limit, 1)} (blue). Computed from topic means, so without the noise of single "
        f"responses. Populations that answer alike stand beside each other.{same_note(content)}",
        f"Heatmap of the correlations between {len(people)} populations.",
        lambda width: _draw(people, known, limit, width),
        (TWO_COLUMNS, ONE_COLUMN),
        tuple(
            _tooltip(found.get(frozenset((a.id, b.id))), a, b) if i > j else None
            for i, a in enumerate(people)
            for j, b in enumerate(people)
        ),
    )


def _tooltip(row: Row | None, first: ReportPopulation, second: ReportPopulation) -> Tooltip | None:
    if row is None:
        return None
    return Tooltip(
        first.label or first.id,
        f"with {second.label or second.id}",
        lines=(
            *measure_lines("correlation", "correlations", row, "correlation"),
            *count_lines("correlations", row, {"topics": "topics"}),
        ),
    )


def _draw(
    people: list[ReportPopulation],
    known: dict[tuple[str, str], float | None],
    limit: float,
    width: float,
) -> Sheet:
    narrow = width <= ONE_COLUMN
    names = [p.id if narrow and p.kind == "country" else p.label or p.id for p in people]
    page = sheet(
        width, 0.3 + 0.06 * max(map(len, names)) + (0.13 if narrow else 0.24) * len(people)
    )
    axes = page.subplots()
    values = np.array(
        [[1.0 if a.id == b.id else _value(known, a, b) for b in people] for a in people]
    )
    lower = np.where(np.triu(np.ones_like(values), 1) > 0, np.nan, values)
    image = axes.pcolormesh(lower, cmap=COLOURS, vmin=-limit, vmax=limit)
    Marks({}).attach_tooltip(image, 0)
    if not narrow and len(people) <= _MOST_NUMBERS:
        for i, j in zip(*np.tril_indices(len(people), -1), strict=True):
            if not np.isnan(values[i, j]):
                text = shown(float(values[i, j])).replace("0.", ".")
                tone = ON_DARK if abs(values[i, j]) > 0.62 * limit else ON_LIGHT
                axes.text(
                    j + 0.5, i + 0.5, text, ha="center", va="center", color=tone, fontsize=5.5
                )
    ticks = [i + 0.5 for i in range(len(people))]
    axes.set_xticks(ticks, names, rotation=90)
    axes.set_yticks(ticks, names)
    axes.set_ylim(len(people), 0)
    hide_ticks(axes)
    for side in axes.spines.values():
        side.set_visible(False)
    bar = page.colorbar(image, ax=axes, fraction=0.025, pad=0.01, aspect=30)
    bar.set_label("correlation")
    bar.outline.set_visible(False)
    return page


def _value(
    known: dict[tuple[str, str], float | None], a: ReportPopulation, b: ReportPopulation
) -> float:
    value = known.get((a.id, b.id))
    return np.nan if value is None else value
