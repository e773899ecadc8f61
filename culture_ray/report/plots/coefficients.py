"""The coefficients of a regression with their intervals, one line per term."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure as Sheet

from culture_ray.report.content import Regression, ReportContent
from culture_ray.report.palette import GRID, MUTED
from culture_ray.report.plots.base import ONE_COLUMN, TWO_COLUMNS, Missing, Plot, no_ticks, sheet

_TONES = ("#0072b2", "#d55e00", "#009e73")
_MARKERS = "os^"


def coefficients(content: ReportContent) -> list[Plot | Missing]:
    """Return one figure per design; the inferences of a design share it."""
    designs: dict[str, list[Regression]] = {}
    for key, regression in content.regressions.items():
        designs.setdefault(regression.design or key, []).append(regression)
    return [_figure(design, members) for design, members in designs.items()]


def _figure(design: str, members: list[Regression]) -> Plot | Missing:
    name, title = f"coefficients_{design}", f"Coefficients: {members[0].title}"
    drawn = [(r, _rows(r)) for r in members if _rows(r)]
    if not drawn:
        return Missing(name, title, next((r.missing for r in members if r.missing), _null(members)))
    lines = len({row["term"] for _, rows in drawn for row in rows})
    widths = (TWO_COLUMNS, ONE_COLUMN) if lines <= 40 else (TWO_COLUMNS,)
    which = " and ".join(f"the {r.inference} inference" for r, _ in drawn)
    left_out = sum(r.table.num_rows for r, _ in drawn if r.table) - sum(len(x) for _, x in drawn)
    return Plot(
        name,
        title,
        f"Estimates and 95 % intervals of {which}. {members[0].caption}"
        + (f" {left_out} coefficients without an estimate are not drawn." if left_out else ""),
        f"Coefficient plot with {lines} terms: estimates with 95 % intervals around zero.",
        lambda width: _draw(drawn, width),
        widths,
    )


def _rows(regression: Regression) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [] if regression.table is None else regression.table.to_pylist()
    return [r for r in rows if r["estimate"] is not None]


def _null(members: list[Regression]) -> str:
    return f"There is no coefficient to draw: every estimate of {members[0].title} is null."


def _draw(drawn: list[tuple[Regression, list[dict[str, Any]]]], width: float) -> Sheet:
    terms = list(dict.fromkeys(row["term"] for _, rows in drawn for row in rows))
    place = {term: i for i, term in enumerate(terms)}
    page = sheet(width, 0.65 + len(terms) * (0.15 + 0.05 * (len(drawn) - 1)))
    axes = page.subplots()
    step = 0.5 / len(drawn)
    for k, (regression, rows) in enumerate(drawn):
        heights = [place[r["term"]] + (k - (len(drawn) - 1) / 2) * step for r in rows]
        tone = _TONES[k % len(_TONES)]
        known = [(h, r) for h, r in zip(heights, rows, strict=True) if r["ci_low"] is not None]
        axes.hlines(
            [h for h, _ in known],
            [r["ci_low"] for _, r in known],
            [r["ci_high"] for _, r in known],
            color=tone,
            linewidth=1.1,
        )
        axes.plot(
            [r["estimate"] for r in rows], heights, _MARKERS[k % len(_MARKERS)], color=tone,
            markersize=4, mew=0, label=f"{regression.inference} inference",
        )  # fmt: skip
    axes.axvline(0, color=MUTED, linewidth=0.8, zorder=1)
    for i in range(1, len(terms)):
        axes.axhline(i - 0.5, color=GRID, linewidth=0.3)
    axes.set_yticks(range(len(terms)), terms)
    axes.set_ylim(len(terms) - 0.4, -0.6)
    axes.set_xlabel("coefficient")
    axes.grid(axis="x")
    no_ticks(axes)
    if len(drawn) > 1:
        page.legend(loc="outside upper center", ncols=len(drawn))
    return page
