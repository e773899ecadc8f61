"""Dot plots of alignment, US bias and self-consistency per model and language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from culture_ray.calibration import ALIGNMENT_OF_CELLS, SELF_CONSISTENCY, US_BIAS_OF_CELLS
from culture_ray.measures.resampling.jackknife import (
    FEWEST_FOR_CONSISTENCY,
)
from culture_ray.report.cell_refs import FILES, ROW
from culture_ray.report.cell_values import (
    CellValue,
    alignment_with_speakers,
    defined_cells,
    self_consistency,
    us_bias,
)
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.sheet import ONE_COLUMN, TWO_COLUMNS, Missing, Plot, joined_reasons
from culture_ray.report.drawing.tooltips import Tooltip, TooltipLine, count_lines, value_lines
from culture_ray.report.formatting import counted, shown
from culture_ray.report.plots.dots import dot_panels
from culture_ray.report.plots.titles import (
    ALIGNMENT,
    CONSISTENCY,
    US_BIAS,
    alignment_title,
    consistency_title,
    us_bias_title,
)

_BOTH = (TWO_COLUMNS, ONE_COLUMN)
_COUNTS = {"topics": "topics", "responses": "responses"}
_MEASURES = {
    "alignment": "alignment",
    "us_bias": "US bias",
    "consistency": "self-consistency",
}


def alignment(content: ReportContent) -> Plot | Missing:
    """Return the dot plot of alignment with the speakers of the prompt's language."""
    return _dot_plot(
        content,
        alignment_with_speakers,
        "alignment",
        title=ALIGNMENT,
        finding=alignment_title,
        meaning=(
            "Spearman correlation between a model's value polarity and that of the people who "
            "speak the language of the prompt; 1 means the same ranking of topics, 0 no relation. "
            f"{ALIGNMENT_OF_CELLS.sentence}"
        ),
        label="alignment (Spearman correlation)",
        counts={"topics": "topics", "responses_with_ground_truth": "responses"},
    )


def bias(content: ReportContent) -> Plot | Missing:
    """Return the dot plot of US bias."""
    return _dot_plot(
        content,
        us_bias,
        "us_bias",
        title=US_BIAS,
        finding=us_bias_title,
        meaning=(
            "Alignment with the US minus the mean alignment with the other countries where the "
            "language is spoken. Right of zero: closer to the US than to those countries. "
            f"{US_BIAS_OF_CELLS.sentence}"
        ),
        label="closer to other countries  ←  US bias  →  closer to the US",
        counts={"used": "responses"},
    )


def consistency(content: ReportContent) -> Plot | Missing:
    """Return the dot plot of self-consistency."""
    band = _population_range(content)
    studied = {model.name for model in content.studied}
    return _dot_plot(
        content,
        self_consistency,
        "consistency",
        title=CONSISTENCY,
        finding=lambda _, cells: consistency_title([c for c in cells if c.model in studied], band),
        meaning=(
            "Correlation of value polarity between different responses to the same topic in the "
            "same language; 1 means that a model describes the same opinions every time. "
            f"Intervals need {FEWEST_FOR_CONSISTENCY} topics. {SELF_CONSISTENCY.sentence}"
        ),
        label="self-consistency (correlation)",
        counts={"used": "responses"},
        band=band,
    )


def _dot_plot(
    content: ReportContent,
    read: Callable[[ReportContent], list[CellValue]],
    name: str,
    *,
    title: str,
    finding: Callable[[ReportContent, Sequence[CellValue]], str],
    meaning: str,
    label: str,
    counts: dict[str, str],
    band: tuple[float, float] | None = None,
) -> Plot | Missing:
    cells = read(content)
    studied = {m.name for m in content.studied}
    defined = defined_cells([c for c in cells if c.model in studied])
    measure = _MEASURES[name]
    if not defined:
        reasons = joined_reasons([c.reason for c in cells if c.model in studied])
        noun = f"{measure[0].upper()}{measure[1:]}"
        return Missing(name, title, f"{noun} cannot be shown: {reasons}.")
    drawn = defined_cells(cells)
    tooltips = {(c.model, c.language): i for i, c in enumerate(drawn)}
    return Plot(
        name,
        finding(content, cells),
        f"{meaning} {_interval_note(cells)}{_baseline_note(content)}{_band_note(band)}"
        f"{_undefined_note(cells)}".strip(),
        f"Dot plot, one panel per language and one line per model: {measure} of "
        f"{counted(len(studied), 'model')} in {counted(len(content.languages), 'language')}.",
        lambda width: dot_panels(
            content, cells, label, width, tooltips=tooltips, unit=name == "consistency", band=band
        ),
        _BOTH,
        tuple(_tooltip(content, c, measure, counts) for c in drawn),
    )


def _tooltip(
    content: ReportContent, cell: CellValue, measure: str, counts: dict[str, str]
) -> Tooltip:
    names = {x.code: x.name for x in content.languages}
    ends = tuple(zip((cell.low, cell.high), cell.interval_refs or (), strict=False))
    return Tooltip(
        f"{cell.model} in {names[cell.language]}",
        model=cell.model,
        lines=(*value_lines(measure, cell.value, cell.source, ends),
               *_counts(content, cell, counts)),
    )  # fmt: skip


def _counts(
    content: ReportContent, cell: CellValue, counts: dict[str, str]
) -> tuple[TooltipLine, ...]:
    """Return the sample sizes of a cell, as tooltip lines."""
    if cell.source is None or len(cell.source.rows) != 1:
        return ()
    tables = {
        "cells": (content.cells, counts),
        "alignment": (content.alignment, _COUNTS),
        "consistency": (content.consistency, _COUNTS),
    }
    name = next(name for name in tables if FILES[name] == cell.source.file)
    table, labels = tables[name]
    assert table is not None
    index = cell.source.rows[0]
    row: dict[str, Any] = table.slice(index, 1).to_pylist()[0]
    return count_lines(name, row | {ROW: index}, labels)


def _population_range(content: ReportContent) -> tuple[float, float] | None:
    """Return the range of self-consistency over countries; None if it is not known."""
    rows = [] if content.people is None else content.people.to_pylist()
    known = [
        row["self_consistency"]
        for row in rows
        if row["kind"] == "country" and row["self_consistency"] is not None
    ]
    return (min(known), max(known)) if known else None


def _band_note(band: tuple[float, float] | None) -> str:
    if band is None:
        return ""
    low, high = (shown(end) for end in band)
    return f"Shaded: range over countries, {low} to {high}, for groups of ten people. "


def _interval_note(cells: Sequence[CellValue]) -> str:
    defined = defined_cells(cells)
    with_interval = sum(c.has_interval for c in defined)
    if not with_interval:
        return "No intervals are available, so differences between dots are not established. "
    if with_interval < len(defined):
        return f"Lines are 95 % intervals, available for {with_interval} of {len(defined)} dots. "
    return "Lines are 95 % intervals. "


def _baseline_note(content: ReportContent) -> str:
    return "Grey: baselines. " if content.baselines else ""


def _undefined_note(cells: Sequence[CellValue]) -> str:
    nulls: dict[str, list[str]] = {}
    for cell in cells:
        if cell.value is None:
            nulls.setdefault(cell.reason, []).append(cell.model)
    return " ".join(
        f"Undefined for {', '.join(dict.fromkeys(models))}: {reason}."
        for reason, models in nulls.items()
    )
