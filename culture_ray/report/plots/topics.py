"""Every topic of a language: the models' value polarity beside the speakers'."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.figure import Figure as Sheet

from culture_ray.report.content import Language, ReportContent
from culture_ray.report.palette import GRID, INK, looks
from culture_ray.report.plots.base import (
    ONE_COLUMN,
    TWO_COLUMNS,
    Missing,
    Plot,
    no_ticks,
    sheet,
)
from culture_ray.report.views import Row, primary, speakers_of

_TEXT = 42
"""Longest label of a topic, in characters."""


def topics(content: ReportContent, language: Language) -> Plot | Missing:
    """Return the comparison of one language."""
    name, title = f"topics_{language.code}", f"Topic by topic, in {language.name}"
    studied = {m.name for m in content.studied}
    rows = [
        r
        for r in primary(content.distributions)
        if r["language"] == language.code and r["model"] in studied
    ]
    people = speakers_of(content, language.code)
    truth = {r["topic"]: r for r in content.ground_truth.to_pylist() if r["population"] == people}
    if not any(r["value_polarity"] is not None for r in rows):
        return Missing(
            name,
            title,
            f"There is no comparison of topics in {language.name}: no response has a value "
            "polarity (no described opinion was judged pro or con).",
        )
    against = (
        f"Diamonds: value polarity of {people}, with 95 % intervals where known"
        if truth
        else f"No figure of the speakers of {language.name} is at hand"
    )
    return Plot(
        name,
        title,
        "Dots: mean value polarity of the responses on a topic (0 all con, 1 all pro); lines: plus "
        f"and minus one standard deviation over responses. {against}. Topics are in the order of "
        "the population's figure.",
        f"Dot plot of value polarity per topic in {language.name}: models beside the population.",
        lambda width: _draw(content, rows, truth, width),
        (TWO_COLUMNS, ONE_COLUMN),
    )


def _draw(
    content: ReportContent, rows: list[dict[str, Any]], truth: dict[str, Any], width: float
) -> Sheet:
    narrow = width <= ONE_COLUMN
    models = [m.name for m in content.studied]
    look = looks(content)
    shown = {r["topic"] for r in rows} | set(truth)
    known = [t for t in content.topics if t.id in shown]
    order = sorted(known, key=lambda t: truth[t.id]["value_polarity"] if t.id in truth else 2.0)
    place = {t.id: i for i, t in enumerate(order)}
    line = 0.16 + 0.035 * min(len(models), 8)
    page = sheet(width, 0.8 + line * len(order))
    axes = page.subplots()
    step = 0.7 / max(len(models), 1)
    for k, model in enumerate(models):
        mine = [r for r in rows if r["model"] == model and r["value_polarity"] is not None]
        means = [r["value_polarity"] for r in mine]
        heights = [place[r["topic"]] - 0.35 + step * (k + 0.5) for r in mine]
        half = [_deviation(r) for r in mine]
        style = look[model]
        lows = [max(0.0, m - h) for m, h in zip(means, half, strict=True)]
        highs = [min(1.0, m + h) for m, h in zip(means, half, strict=True)]
        axes.hlines(heights, lows, highs, color=style.colour, linewidth=0.8, alpha=0.55)
        axes.plot(
            means, heights, style.marker, color=style.colour, markersize=3.4, mew=0, label=model
        )
    _population(page, truth, place)
    for i in range(1, len(order)):
        axes.axhline(i - 0.5, color=GRID, linewidth=0.4)
    axes.set_yticks(
        range(len(order)), [t.id.upper() if narrow else _label(t.id, t.label) for t in order]
    )
    axes.set_ylim(len(order) - 0.4, -0.6)
    axes.set_xlim(-0.02, 1.02)
    axes.set_xlabel("value polarity: all con (0) to all pro (1)")
    axes.grid(axis="x")
    no_ticks(axes)
    page.legend(
        loc="outside upper center", ncols=min(2 if narrow else 4, len(models) + 1), markerscale=1.3
    )
    return page


def _population(page: Sheet, truth: dict[str, Any], place: dict[str, int]) -> None:
    axes = page.axes[0]
    rows = [r for t, r in truth.items() if t in place and r["value_polarity"] is not None]
    if not rows:
        return
    heights = [place[r["topic"]] for r in rows]
    means = [r["value_polarity"] for r in rows]
    margin = [1.96 * (r["std_error"] or 0.0) for r in rows]
    axes.errorbar(
        means, heights, xerr=margin, fmt="D", mfc="none", mec=INK, ecolor=INK, ms=5.5, mew=0.9,
        elinewidth=0.9, label=rows[0]["label"] or rows[0]["population"], zorder=4,
    )  # fmt: skip


def _deviation(row: Row) -> float:
    """Return the standard deviation of the responses around the table's mean."""
    values, counts = row["values"] or [], row["counts"] or []
    total = sum(counts)
    if total < 2:
        return 0.0
    mean = row["value_polarity"]
    return math.sqrt(sum(c * (v - mean) ** 2 for v, c in zip(values, counts, strict=True)) / total)


def _label(code: str, label: str) -> str:
    text = label if len(label) <= _TEXT else label[: _TEXT - 1].rstrip() + "…"
    return f"{text}  {code.upper()}"
