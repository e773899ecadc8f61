"""How far populations agree with each other: what alignments between people look like."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure as Sheet

from culture_ray.report import formatting as words
from culture_ray.report.cell_refs import numbered
from culture_ray.report.cell_values import Row
from culture_ray.report.content import ReportContent, ReportPopulation
from culture_ray.report.drawing.marks import Marks
from culture_ray.report.drawing.sheet import ONE_COLUMN, TWO_COLUMNS, Plot, no_ticks, sheet
from culture_ray.report.drawing.tooltips import Tooltip, counts_of, figure_of
from culture_ray.report.plots.heatmap import COLOURS, ON_DARK, ON_LIGHT, in_order

_MOST_NUMBERS = 24
"""Populations up to which the numbers can be read."""


def correlations(content: ReportContent) -> Plot | None:
    """Return the map of populations against each other; None for fewer than two."""
    rows = [] if content.correlations is None else numbered(content.correlations)
    known = {(r["population"], r["other"]): r["correlation"] for r in rows}
    known |= {(b, a): value for (a, b), value in known.items()}
    people = [p for p in in_order(content) if any(p.id == a for a, _ in known)]
    found = {frozenset((r["population"], r["other"])): r for r in rows}
    if not any(value is not None for value in known.values()):
        return None
    return Plot(
        "people_correlations",
        "How far people agree with people",
        "Spearman correlation over topics of the value polarity of one population with another's: "
        "what to hold a model's alignment against. From −1 (brown) over 0 (pale) to 1 (blue); over "
        "topic means, so without the noise of single responses.",
        f"Heatmap of the correlations of {len(people)} populations with each other.",
        lambda width: _draw(people, known, width),
        (TWO_COLUMNS, ONE_COLUMN),
        tuple(
            _tip(found.get(frozenset((a.id, b.id))), a, b) if i > j else None
            for i, a in enumerate(people)
            for j, b in enumerate(people)
        ),
    )


def _tip(row: Row | None, one: ReportPopulation, other: ReportPopulation) -> Tooltip | None:
    if row is None:
        return None
    return Tooltip(
        one.label or one.id,
        f"with {other.label or other.id}",
        lines=(
            *figure_of("correlation", "correlations", row, "correlation"),
            *counts_of("correlations", row, {"topics": "topics"}),
        ),
    )


def _draw(
    people: list[ReportPopulation], known: dict[tuple[str, str], float | None], width: float
) -> Sheet:
    narrow = width <= ONE_COLUMN
    names = [p.id if narrow else p.label or p.id for p in people]
    page = sheet(
        width, 0.3 + 0.06 * max(map(len, names)) + (0.13 if narrow else 0.24) * len(people)
    )
    axes = page.subplots()
    values = np.array(
        [[1.0 if a.id == b.id else _value(known, a, b) for b in people] for a in people]
    )
    shown = np.where(np.triu(np.ones_like(values), 1) > 0, np.nan, values)
    image = axes.pcolormesh(shown, cmap=COLOURS, vmin=-1, vmax=1)
    Marks({}).tell(image, 0)
    if not narrow and len(people) <= _MOST_NUMBERS:
        for i, j in zip(*np.tril_indices(len(people), -1), strict=True):
            if not np.isnan(values[i, j]):
                text = words.shown(float(values[i, j])).replace("0.", ".")
                tone = ON_DARK if abs(values[i, j]) > 0.62 else ON_LIGHT
                axes.text(
                    j + 0.5, i + 0.5, text, ha="center", va="center", color=tone, fontsize=5.5
                )
    ticks = [i + 0.5 for i in range(len(people))]
    axes.set_xticks(ticks, names, rotation=90)
    axes.set_yticks(ticks, names)
    axes.set_ylim(len(people), 0)
    no_ticks(axes)
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
