"""Coefficient plots: estimates and intervals of a design under each inference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from culture_ray.report.cell_refs import cell_ref, numbered_rows
from culture_ray.report.cell_values import as_float
from culture_ray.report.coefficient_names import CoefficientName, coefficient_name
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.legend import Entry, Legend
from culture_ray.report.drawing.markers import marker_look
from culture_ray.report.drawing.palette import (
    GRID,
    INK,
    PAPER,
    ModelStyle,
    model_numbers,
    model_styles,
)
from culture_ray.report.drawing.panel import Panel
from culture_ray.report.drawing.shapes import Look
from culture_ray.report.drawing.sheet import ONE_COLUMN, TWO_COLUMNS, FigureSheet, Missing, Plot
from culture_ray.report.drawing.ticks import named_ticks
from culture_ray.report.drawing.tooltips import Tooltip, TooltipValue, measure_lines
from culture_ray.report.formatting import p_value
from culture_ray.report.plots.titles import coefficients_title
from culture_ray.report.regression_result import ReportRegression

_PLAIN = ModelStyle(INK, "o", -1)
"""Style of coefficients that belong to no single model."""
_MAX_INTERCEPTS = 12
_FILLS = ("valid", "paper")
"""Inferences: the first is drawn solid, the second hollow."""


@dataclass(frozen=True)
class _Coefficient:
    """One coefficient of one inference."""

    name: CoefficientName
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
    name = f"coefficients_{design}"
    lines = [line for member in members for line in _lines(member)]
    if not lines:
        title = coefficients_title(members[0].title, [])
        return Missing(name, title, next((r.missing for r in members if r.missing), _null(members)))
    intercepts = [line for line in lines if not line.name.quantity]
    drawn = lines
    if len({line.name.term for line in intercepts}) > _MAX_INTERCEPTS and len(intercepts) < len(
        lines
    ):
        drawn = [line for line in lines if line.name.quantity]
    first = drawn[0].inference
    told = [line for line in drawn if line.inference == first and not _is_baseline(content, line)]
    slopes = [line for line in told if line.name.quantity] or told
    title = coefficients_title(members[0].title, [line.row for line in slopes])
    known = [m for m in _FILLS if any(line.inference == m for line in drawn)]
    null = sum(m.table.num_rows for m in members if m.table) - len(lines)
    notes = [
        f"{len(lines) - len(drawn)} intercepts are only in the table." if drawn != lines else "",
        f"{null} coefficients without an estimate are not drawn." if null else "",
        "In colour: coefficients of one model."
        if any("model" in x.name.levels for x in drawn) else "",
        "On narrow screens, the line with a model's name is its mean over languages."
        if _has_means(drawn) else "",
        "Grey: baselines." if any(_is_baseline(content, x) for x in drawn) else "",
    ]  # fmt: skip
    places = len({_label(content, line.name) for line in drawn})
    return Plot(
        name,
        title,
        f"{members[0].caption} Estimates with 95 % intervals{_inferences(known)}. ".lstrip()
        + " ".join(note for note in notes if note),
        f"Coefficient plot with {places} coefficients: estimates with 95 % intervals, and zero.",
        lambda width: _draw(content, drawn, known, width),
        (TWO_COLUMNS, ONE_COLUMN),
        tuple(_tooltip(content, line) for line in drawn),
    )


def _is_baseline(content: ReportContent, line: _Coefficient) -> bool:
    return bool(line.name.levels.get("model")) and _style(content, line.name).index < 0


def _has_means(lines: list[_Coefficient]) -> bool:
    """Return True for a figure of one quantity by model and language, and of its means."""
    levels = [set(line.name.levels) for line in lines]
    quantities = {line.name.quantity for line in lines}
    return len(quantities) == 1 and {"model"} in levels and {"model", "language"} in levels


def _inferences(known: list[str]) -> str:
    """Return the words on which marks are of which inference; empty for the default alone."""
    if len(known) > 1:
        return ": solid from the valid inference, hollow from the published one"
    return "" if known == ["valid"] else " from the published inference"


def _tooltip(content: ReportContent, line: _Coefficient) -> Tooltip:
    tooltip_lines = list(measure_lines("estimate", line.file, line.row, "estimate", 3))
    for column, label in {"p_value": "p", "p_permutation": "p (permutation)"}.items():
        value = as_float(line.row[column])
        if value is not None:
            tooltip_lines.append(
                (label, (TooltipValue(p_value(value), cell_ref(line.file, [line.row], column)),))
            )
    text = line.name.text({language.code: language.name for language in content.languages})
    return Tooltip(
        text[:1].upper() + text[1:] if line.name.quantity else text,
        f"{line.inference} inference",
        line.name.levels.get("model", ""),
        tuple(tooltip_lines),
    )


def _lines(regression: ReportRegression) -> list[_Coefficient]:
    rows = [] if regression.table is None else numbered_rows(regression.table)
    return [
        _Coefficient(coefficient_name(row["term"]), regression.inference, row, regression.file)
        for row in rows
        if as_float(row["estimate"]) is not None
    ]


def _null(members: list[ReportRegression]) -> str:
    return f"There are no coefficients to show: {members[0].title} has no estimates."


def _style(content: ReportContent, name: CoefficientName) -> ModelStyle:
    return model_styles(content).get(name.levels.get("model", ""), _PLAIN)


def _label(content: ReportContent, name: CoefficientName) -> str:
    """Return the label of a line; two inferences of the same coefficient share a line."""
    return name.text({language.code: language.name for language in content.languages})


def _draw(
    content: ReportContent, lines: list[_Coefficient], known: list[str], width: float
) -> FigureSheet:
    quantities = {line.name.quantity for line in lines}
    only = next(iter(quantities)) if len(quantities) == 1 else ""
    by_model = width <= ONE_COLUMN and _has_means(lines)
    ordered = _in_order(content, lines, mean_first=by_model)
    names = list(dict.fromkeys(_label(content, line.name) for line in ordered))
    place = {name: i for i, name in enumerate(names)}
    page = FigureSheet(width, len(names) * (0.15 + 0.05 * (len(known) - 1)),
                 models=model_numbers(content))  # fmt: skip
    (panel,) = page.panels
    step = 0.5 / len(known)
    for tooltip, line in enumerate(lines):
        shift = (known.index(line.inference) - (len(known) - 1) / 2) * step
        hollow = line.inference != _FILLS[0] and len(known) > 1
        height = place[_label(content, line.name)] + shift
        _mark(panel, line, height, _style(content, line.name), PAPER if hollow else "", tooltip)
    panel.rule(x=0, width=0.8)
    for i in range(1, len(names)):
        panel.rule(y=i - 0.5, colour=GRID, width=0.3)
    language_names = {language.code: language.name for language in content.languages}
    subject = {_label(content, x.name): _subject(x.name, language_names, by_model=by_model)
               for x in lines}  # fmt: skip
    about = {_label(content, x.name): x.name.levels.get("model", "") for x in lines}
    panel.y.ticks = named_ticks([subject[name] if only else name for name in names],
                                [about[name] for name in names])  # fmt: skip
    panel.y.low, panel.y.high = len(names) - 0.4, -0.6
    panel.x.label, panel.x.has_grid = only or "coefficient", True
    if len(known) > 1:
        inside = {"valid": INK, "paper": PAPER}
        entries = (Entry(f"{m} inference", Look(inside[m], INK), "o", 4) for m in known)
        page.legend = Legend(tuple(entries))
    return page


def _subject(name: CoefficientName, languages: Mapping[str, str], *, by_model: bool) -> str:
    """Return a label without the quantity, for a figure of one quantity.

    With `by_model`, the lines of a model stand below its mean, and only that names the model.
    """
    if not name.levels:
        return "mean over all"
    model, language = (name.levels.get(level, "") for level in ("model", "language"))
    if by_model and model:
        return f"in {languages.get(language, language)}" if language else model
    subject = name.subject(languages)
    return f"mean of {subject}" if len(name.levels) == 1 and name.quantity == "US bias" else subject


def _in_order(
    content: ReportContent, lines: list[_Coefficient], *, mean_first: bool
) -> list[_Coefficient]:
    """Return intercepts last, and models in the run's order with baselines after them.

    With `mean_first`, the mean of a model comes before its languages.
    """
    order = {model.name: i for i, model in enumerate((*content.studied, *content.baselines))}

    def key(line: _Coefficient) -> tuple[bool, bool, int, bool]:
        model = line.name.levels.get("model")
        in_language = mean_first and "language" in line.name.levels
        return (not line.name.quantity, model is None, order.get(model or "", -1), in_language)

    return sorted(lines, key=key)


def _mark(
    panel: Panel, line: _Coefficient, height: float, style: ModelStyle, inside: str, tooltip: int
) -> None:
    """Draw an estimate with its interval; `inside` is the colour of a hollow marker's inside."""
    row = line.row
    if as_float(row["ci_low"]) is not None and as_float(row["ci_high"]) is not None:
        panel.lines([(row["ci_low"], height, row["ci_high"], height)],
                    Look(stroke=style.colour, width=1.1),
                    model=line.name.levels.get("model", ""))  # fmt: skip
    look = marker_look(style.marker, style.colour, inside)
    panel.marks([row["estimate"]], [height], style.marker, 4, look, tip=tooltip)
