"""Heatmap of the correlations between populations."""

from __future__ import annotations

from itertools import combinations

from culture_ray.report.cell_refs import numbered_rows
from culture_ray.report.cell_values import Row
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.shapes import Look
from culture_ray.report.drawing.sheet import ONE_COLUMN, TWO_COLUMNS, FigureSheet, Plot
from culture_ray.report.drawing.ticks import named_ticks
from culture_ray.report.drawing.tooltips import Tooltip, count_lines, measure_lines
from culture_ray.report.formatting import shown
from culture_ray.report.plots.heatmap import as_fields, fields, scale_limit, symmetric_scale
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
        f"responses. Populations that answer alike are side by side.{same_note(content)}",
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
) -> FigureSheet:
    narrow = width <= ONE_COLUMN
    names = [p.id if narrow and p.kind == "country" else p.label or p.id for p in people]
    page = FigureSheet(width, (0.13 if narrow else 0.24) * len(people))
    (panel,) = page.panels
    scale = symmetric_scale(limit)
    page.colours = scale, "correlation"
    written = not narrow and len(people) <= _MOST_NUMBERS
    for i, first in enumerate(people):
        values = [known.get((first.id, other.id)) for other in people[:i]]
        fields(panel, i, values, scale, i * len(people), written=written)
        panel.box((i, i, i + 1, i + 1), Look(fill=scale(1.0)))
    panel.x.ticks, panel.x.is_turned = named_ticks(names, first=0.5), True
    panel.y.ticks = named_ticks(names, first=0.5)
    as_fields(panel, len(people), len(people))
    return page
