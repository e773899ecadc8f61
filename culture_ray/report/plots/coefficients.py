"""The coefficients of a design with their intervals, the inferences beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet
from matplotlib.lines import Line2D

from culture_ray.report.cell_refs import numbered, of
from culture_ray.report.cell_values import number
from culture_ray.report.coefficient_names import CoefficientName, term
from culture_ray.report.content import ReportContent, ReportRegression
from culture_ray.report.drawing.marks import Marks
from culture_ray.report.drawing.palette import (
    GRID,
    INK,
    MUTED,
    PAPER,
    ModelStyle,
    model_styles,
    numbers,
)
from culture_ray.report.drawing.sheet import ONE_COLUMN, TWO_COLUMNS, Missing, Plot, no_ticks, sheet
from culture_ray.report.drawing.tooltips import Tooltip, TooltipValue, figure_of
from culture_ray.report.formatting import p_value

_PLAIN = ModelStyle(INK, "o", -1)
"""Of terms that are about no single model."""
_FEW_LEVELS = 12
_FILLS = ("valid", "paper")
"""Inferences by how marks are filled: the first solid, the second hollow."""


@dataclass(frozen=True)
class _Line:
    """One coefficient of one inference."""

    term: CoefficientName
    inference: str
    row: dict[str, Any]
    file: str


def coefficients(content: ReportContent) -> list[Plot | Missing]:
    """Return one figure per design; the inferences of a design share it."""
    designs: dict[str, list[ReportRegression]] = {}
    for key, regression in content.regressions.items():
        designs.setdefault(regression.design or key, []).append(regression)
    return [_figure(content, design, members) for design, members in designs.items()]


def _figure(content: ReportContent, design: str, members: list[ReportRegression]) -> Plot | Missing:
    name, title = f"coefficients_{design}", f"Coefficients: {members[0].title}"
    lines = [line for member in members for line in _lines(member)]
    if not lines:
        return Missing(name, title, next((r.missing for r in members if r.missing), _null(members)))
    levels = [line for line in lines if not line.term.question]
    drawn = lines
    if len({line.term.name for line in levels}) > _FEW_LEVELS and len(levels) < len(lines):
        drawn = [line for line in lines if line.term.question]
    known = [m for m in _FILLS if any(line.inference == m for line in drawn)]
    marks = " (solid) and ".join(f"the {m} inference" for m in known)
    hollow = " (hollow)" if len(known) > 1 else ""
    null = sum(m.table.num_rows for m in members if m.table) - len(lines)
    notes = [
        f"{len(lines) - len(drawn)} levels are in the table only." if drawn != lines else "",
        f"{null} coefficients without an estimate are not drawn." if null else "",
        "In colour: terms about one model." if any("model" in x.term.of for x in drawn) else "",
        "Grey: baselines." if any(_about(content, x.term).index < 0 and
                                  x.term.of.get("model") for x in drawn) else "",
    ]  # fmt: skip
    places = len({_place(content, line.term) for line in drawn})
    return Plot(
        name,
        title,
        f"Estimates and 95 % intervals of {marks}{hollow}. {members[0].caption} "
        + " ".join(note for note in notes if note),
        f"Coefficient plot with {places} terms: estimates with 95 % intervals around zero.",
        lambda width: _draw(content, drawn, known, width),
        (TWO_COLUMNS, ONE_COLUMN),
        tuple(_tip(content, line) for line in drawn),
    )


def _tip(content: ReportContent, line: _Line) -> Tooltip:
    told = list(figure_of("estimate", line.file, line.row, "estimate", 3))
    for column, label in {"p_value": "p", "p_permutation": "p (permutation)"}.items():
        value = number(line.row[column])
        if value is not None:
            told.append((label, (TooltipValue(p_value(value), of(line.file, [line.row], column)),)))
    words = line.term.words({language.code: language.name for language in content.languages})
    return Tooltip(
        words[:1].upper() + words[1:] if line.term.question else words,
        f"{line.inference} inference",
        line.term.of.get("model", ""),
        tuple(told),
    )


def _lines(regression: ReportRegression) -> list[_Line]:
    rows = [] if regression.table is None else numbered(regression.table)
    return [
        _Line(term(row["term"]), regression.inference, row, regression.file)
        for row in rows
        if number(row["estimate"]) is not None
    ]


def _null(members: list[ReportRegression]) -> str:
    return f"There is no coefficient to draw: every estimate of {members[0].title} is null."


def _about(content: ReportContent, which: CoefficientName) -> ModelStyle:
    return model_styles(content).get(which.of.get("model", ""), _PLAIN)


def _place(content: ReportContent, which: CoefficientName) -> str:
    """Return the words that name a line; terms of two inferences that ask the same share one."""
    return which.words({language.code: language.name for language in content.languages})


def _draw(content: ReportContent, lines: list[_Line], known: list[str], width: float) -> Sheet:
    questions = {line.term.question for line in lines}
    names = list(dict.fromkeys(_place(content, line.term) for line in _in_order(content, lines)))
    place = {name: i for i, name in enumerate(names)}
    page = sheet(width, 0.75 + len(names) * (0.15 + 0.05 * (len(known) - 1)))
    axes = page.subplots()
    marks = Marks(numbers(content))
    step = 0.5 / len(known)
    for tip, line in enumerate(lines):
        shift = (known.index(line.inference) - (len(known) - 1) / 2) * step
        hollow = line.inference != _FILLS[0] and len(known) > 1
        height = place[_place(content, line.term)] + shift
        whisker, dot = _mark(axes, line.row, height, _about(content, line.term), hollow)
        marks.tell(dot, tip)
        if whisker is not None:
            marks.of(whisker, line.term.of.get("model", ""))
    axes.axvline(0, color=MUTED, linewidth=0.8, zorder=1)
    for i in range(1, len(names)):
        axes.axhline(i - 0.5, color=GRID, linewidth=0.3)
    only = next(iter(questions)) if len(questions) == 1 else ""
    spoken = {language.code: language.name for language in content.languages}
    whom = {_place(content, x.term): x.term.whom(spoken) or "all together" for x in lines}
    axes.set_yticks(range(len(names)), [whom[name] if only else name for name in names])
    about = {_place(content, x.term): x.term.of.get("model", "") for x in lines}
    marks.axis(axes.yaxis, [about[name] for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlabel(only or "coefficient")
    axes.grid(axis="x")
    no_ticks(axes)
    if len(known) > 1:
        fills = {"valid": INK, "paper": PAPER}
        handles = [
            Line2D([], [], color=INK, marker="o", ms=4, mfc=fills[m], label=f"{m} inference")
            for m in known
        ]
        page.legend(handles=handles, loc="outside upper center", ncols=len(handles))
    return page


def _in_order(content: ReportContent, lines: list[_Line]) -> list[_Line]:
    """Return questions before levels, and the models in the run's order with baselines last."""
    order = {model.name: i for i, model in enumerate((*content.studied, *content.baselines))}

    def key(line: _Line) -> tuple[bool, bool, int]:
        model = line.term.of.get("model")
        return (not line.term.question, model is None, order.get(model or "", -1))

    return sorted(lines, key=key)


def _mark(
    axes: Axes, row: dict[str, Any], height: float, look: ModelStyle, hollow: bool
) -> tuple[Artist | None, Artist]:
    """Draw an estimate with its interval; return the interval and the dot."""
    whisker = None
    if number(row["ci_low"]) is not None and number(row["ci_high"]) is not None:
        whisker = axes.hlines(
            height, row["ci_low"], row["ci_high"], color=look.colour, linewidth=1.1
        )
    (dot,) = axes.plot(
        row["estimate"], height, look.marker, color=look.colour, markersize=4,
        mew=1.0 if hollow or look.index < 0 else 0, mfc=PAPER if hollow else look.colour, zorder=3,
    )  # fmt: skip
    return whisker, dot
