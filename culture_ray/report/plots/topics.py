"""Comparison of models and speakers on every topic, for one language."""

from __future__ import annotations

import math
import textwrap
from typing import Any

from matplotlib.artist import Artist
from matplotlib.figure import Figure as Sheet

from culture_ray.report.cell_refs import numbered_rows
from culture_ray.report.cell_values import Row, primary_rows, speakers_of
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.marks import Marks
from culture_ray.report.drawing.palette import GRID, INK, model_numbers, model_styles
from culture_ray.report.drawing.sheet import (
    ONE_COLUMN,
    PAGE_HEIGHT,
    TWO_COLUMNS,
    Missing,
    Plot,
    fitting_font,
    hide_ticks,
    sheet,
)
from culture_ray.report.drawing.tooltips import Tooltip, count_lines, measure_lines
from culture_ray.report.plots.titles import topics_title
from culture_ray.report.study import ReportLanguage

_LABEL_LENGTH = 40
"""Longest line of a topic's label, in characters; a label has at most two lines."""
_NARROW_LABEL = 30
"""The same in one column, where there is no room for its code."""
_COUNTS = {"used": "responses", "pro": "opinions pro", "con": "con", "neutral": "neutral"}


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
) -> Sheet:
    narrow = width <= ONE_COLUMN
    models = [m.name for m in content.studied]
    styles, marks = model_styles(content), Marks(model_numbers(content))
    drawn = _drawn_rows(content, rows)
    shown = {r["topic"] for r in rows} | set(truth)
    known = [t for t in content.topics if t.id in shown]
    order = sorted(known, key=lambda t: truth[t.id]["value_polarity"] if t.id in truth else 2.0)
    place = {t.id: i for i, t in enumerate(order)}
    line = 0.16 + 0.035 * min(len(models), 8)
    page = sheet(width, 0.8 + line * len(order))
    longest = _NARROW_LABEL if narrow else _LABEL_LENGTH
    names = [_label(t.id, t.label, longest) for t in order]
    most = max((name.count("\n") + 1 for name in names), default=1)
    font = fitting_font(most * len(order), min(PAGE_HEIGHT, 0.8 + line * len(order)) - 0.8)
    axes = page.subplots()
    step = 0.7 / max(len(models), 1)
    for k, model in enumerate(models):
        model_rows = [r for r in drawn if r["model"] == model]
        means = [r["value_polarity"] for r in model_rows]
        heights = [place[r["topic"]] - 0.35 + step * (k + 0.5) for r in model_rows]
        half = [_deviation(r) for r in model_rows]
        style = styles[model]
        lows = [max(0.0, m - h) for m, h in zip(means, half, strict=True)]
        highs = [min(1.0, m + h) for m, h in zip(means, half, strict=True)]
        spread = axes.hlines(heights, lows, highs, color=style.colour, linewidth=0.8, alpha=0.55)
        marks.assign(spread, model)
        (dots,) = axes.plot(
            means, heights, style.marker, color=style.colour, markersize=3.4, mew=0, label=model
        )
        if model_rows:
            marks.attach_tooltip(dots, drawn.index(model_rows[0]))
    people = _drawn_population_rows(content, truth)
    if people:
        marks.attach_tooltip(_population(page, dict(people), place), len(drawn))
    for i in range(1, len(order)):
        axes.axhline(i - 0.5, color=GRID, linewidth=0.4)
    axes.set_yticks(
        range(len(order)),
        names,
        fontsize=min(font, 5.5) if narrow else font,
        linespacing=0.95,
    )
    axes.set_ylim(len(order) - 0.4, -0.6)
    axes.set_xlim(-0.02, 1.02)
    axes.set_xlabel("value polarity: all con (0) to all pro (1)")
    axes.grid(axis="x")
    hide_ticks(axes)
    legend = page.legend(
        loc="outside upper center", ncols=min(2 if narrow else 4, len(models) + 1), markerscale=1.3
    )
    marks.legend(legend, [text.get_text() for text in legend.get_texts()])
    return page


def _population(page: Sheet, truth: dict[str, Any], place: dict[str, int]) -> Artist:
    """Draw the population's values; return the diamonds."""
    axes = page.axes[0]
    rows = list(truth.values())
    heights = [place[r["topic"]] for r in rows]
    means = [r["value_polarity"] for r in rows]
    margin = [1.96 * (r["std_error"] or 0.0) for r in rows]
    drawn = axes.errorbar(
        means, heights, xerr=margin, fmt="D", mfc="none", mec=INK, ecolor=INK, ms=5.5, mew=0.9,
        elinewidth=0.9, label=rows[0]["label"] or rows[0]["population"], zorder=4,
    )  # fmt: skip
    diamonds: Artist = drawn.lines[0]
    return diamonds


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
