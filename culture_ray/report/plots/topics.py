"""Comparison of models and speakers on every topic, for one language."""

from __future__ import annotations

import math
import textwrap
from typing import Any

from culture_ray.report.cell_refs import numbered_rows
from culture_ray.report.cell_values import Row, primary_rows, speakers_of
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.legend import Entry, Legend, from_models
from culture_ray.report.drawing.markers import marker_look
from culture_ray.report.drawing.palette import GRID, INK, model_numbers, model_styles
from culture_ray.report.drawing.panel import Panel
from culture_ray.report.drawing.shapes import Look
from culture_ray.report.drawing.sheet import ONE_COLUMN, TWO_COLUMNS, FigureSheet, Missing, Plot
from culture_ray.report.drawing.ticks import named_ticks
from culture_ray.report.drawing.tooltips import Tooltip, count_lines, measure_lines
from culture_ray.report.plots.titles import topics_title
from culture_ray.report.study import ReportLanguage

_LABEL_LENGTH = 40
"""Longest line of a topic's label, in characters; a label has at most two lines."""
_NARROW_LABEL = 30
"""The same in one column, where there is no room for its code."""
_COUNTS = {"used": "responses", "pro": "opinions pro", "con": "con", "neutral": "neutral"}


_POPULATION = Look(stroke=INK, width=0.9)


def topics(content: ReportContent, language: ReportLanguage) -> Plot | Missing:
    """Return the plot of value polarity per topic in one language."""
    name, title = f"topics_{language.code}", topics_title(content, language)
    studied = {m.name for m in content.studied}
    rows = [
        r
        for r in primary_rows(content.distributions)
        if r["language"] == language.code and r["model"] in studied
    ]
    people = speakers_of(content, language.code)
    truth = {
        r["topic"]: r for r in numbered_rows(content.ground_truth) if r["population"] == people
    }
    if not any(r["value_polarity"] is not None for r in rows):
        return Missing(
            name,
            title,
            f"Topics cannot be compared in {language.name}: no response has a value polarity "
            "(no described opinion was judged pro or con).",
        )
    labels = {t.id: f"{t.id.upper()} {t.label}" for t in content.topics}
    against = (
        f"Diamonds: value polarity of the speakers of {language.name}, with 95 % intervals where "
        "known"
        if truth
        else f"No survey data are available for the speakers of {language.name}"
    )
    return Plot(
        name,
        title,
        "Dots: mean value polarity of the responses on a topic (0 all con, 1 all pro); lines: plus "
        f"and minus one standard deviation over responses. {against}. Topics are sorted by the "
        "value of the speakers.",
        f"Dot plot of value polarity per topic in {language.name}: models and population.",
        lambda width: _draw(content, rows, truth, width),
        (TWO_COLUMNS, ONE_COLUMN),
        (
            *(_tooltip(r, labels[r["topic"]], language.name) for r in _drawn_rows(content, rows)),
            *(_population_tooltip(r, labels[t]) for t, r in _drawn_population_rows(content, truth)),
        ),
    )


def _tooltip(row: Row, topic: str, language: str) -> Tooltip:
    return Tooltip(
        f"{row['model']} in {language}",
        topic,
        row["model"],
        (
            *measure_lines("value polarity", "distributions", row, "value_polarity"),
            *count_lines("distributions", row, _COUNTS),
        ),
    )


def _population_tooltip(row: Row, topic: str) -> Tooltip:
    return Tooltip(
        row["label"] or row["population"],
        topic,
        lines=(
            *measure_lines("value polarity", "ground_truth", row, "value_polarity"),
            *(measure_lines("standard error", "ground_truth", row, "std_error", 3)
              if row["std_error"] is not None else ()),
            *count_lines("ground_truth", row, {"n": "people"}),
        ),
    )  # fmt: skip


def _drawn_rows(content: ReportContent, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows that are drawn, model by model."""
    order = {m.name: i for i, m in enumerate(content.studied)}
    known = [r for r in rows if r["value_polarity"] is not None]
    return sorted(known, key=lambda r: order[r["model"]])


def _drawn_population_rows(content: ReportContent, truth: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return the population's rows that are drawn, by topic."""
    known = {t.id for t in content.topics}
    return [(t, r) for t, r in truth.items() if t in known and r["value_polarity"] is not None]


def _draw(
    content: ReportContent, rows: list[dict[str, Any]], truth: dict[str, Any], width: float
) -> FigureSheet:
    narrow = width <= ONE_COLUMN
    models = [m.name for m in content.studied]
    styles = model_styles(content)
    drawn = _drawn_rows(content, rows)
    shown = {r["topic"] for r in rows} | set(truth)
    known = [t for t in content.topics if t.id in shown]
    order = sorted(known, key=lambda t: truth[t.id]["value_polarity"] if t.id in truth else 2.0)
    place = {t.id: i for i, t in enumerate(order)}
    line = 0.16 + 0.035 * min(len(models), 8)
    page = FigureSheet(width, line * len(order), models=model_numbers(content))
    (panel,) = page.panels
    longest = _NARROW_LABEL if narrow else _LABEL_LENGTH
    step = 0.7 / max(len(models), 1)
    for k, model in enumerate(models):
        model_rows = [r for r in drawn if r["model"] == model]
        means = [r["value_polarity"] for r in model_rows]
        heights = [place[r["topic"]] - 0.35 + step * (k + 0.5) for r in model_rows]
        ends = [(max(0.0, mean - half), height, min(1.0, mean + half), height)
                for mean, height, half in zip(means, heights, map(_deviation, model_rows),
                                              strict=True)]  # fmt: skip
        style = styles[model]
        panel.lines(ends, Look(stroke=style.colour, width=0.8, opacity=0.55), model=model)
        if model_rows:
            look, tip = marker_look(style.marker, style.colour), drawn.index(model_rows[0])
            panel.marks(means, heights, style.marker, 3.4, look, tip=tip)
    people = _drawn_population_rows(content, truth)
    _draw_population(panel, [(place[topic], row) for topic, row in people], len(drawn))
    for i in range(1, len(order)):
        panel.rule(y=i - 0.5, colour=GRID, width=0.4)
    panel.y.ticks = named_ticks([_label(t.id, t.label, longest) for t in order])
    panel.y.low, panel.y.high = len(order) - 0.4, -0.6
    panel.x.low, panel.x.high, panel.x.has_grid = -0.02, 1.02, True
    panel.x.label = "value polarity: all con (0) to all pro (1)"
    legend = from_models(models, styles, 2 if narrow else 4)
    speakers = [Entry(r["label"] or r["population"], _POPULATION, "D") for _, r in people[:1]]
    page.legend = Legend((*legend.entries, *speakers), legend.columns)
    return page


def _draw_population(panel: Panel, rows: list[tuple[int, Row]], tip: int) -> None:
    """Draw the population's values with their intervals, each at the place of its topic."""
    for place, row in rows:
        mean, margin = row["value_polarity"], 1.96 * (row["std_error"] or 0.0)
        if margin:
            panel.lines([(mean - margin, place, mean + margin, place)], Look(stroke=INK, width=0.9))
    panel.marks([row["value_polarity"] for _, row in rows], [place for place, _ in rows], "D", 5.5,
                _POPULATION, tip=tip)  # fmt: skip


def _deviation(row: Row) -> float:
    """Return the standard deviation of the responses around the table's mean."""
    values, counts = row["values"] or [], row["counts"] or []
    total = sum(counts)
    if total < 2:
        return 0.0
    mean = row["value_polarity"]
    return math.sqrt(sum(c * (v - mean) ** 2 for v, c in zip(values, counts, strict=True)) / total)


def _label(code: str, label: str, longest: int) -> str:
    """Return a topic's label in at most two lines, with its code where there is room for it."""
    if label.upper() == code.upper():
        return code.upper()
    lines = textwrap.wrap(label, longest, max_lines=2, placeholder=" …")
    text = "\n".join(lines)
    return f"{text}  {code.upper()}" if longest == _LABEL_LENGTH else text
