"""Alignment, US bias and self-consistency: one dot per model and language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from culture_ray.report.cell_refs import FILES, ROW
from culture_ray.report.cell_values import (
    CellValue,
    alignment_with_speakers,
    present,
    self_consistency,
    us_bias,
)
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.sheet import ONE_COLUMN, TWO_COLUMNS, Missing, Plot, reasons
from culture_ray.report.drawing.tooltips import Line, Tooltip, counts_of, lines_of
from culture_ray.report.formatting import shown
from culture_ray.report.plots.dots import dot_panels

_BOTH = (TWO_COLUMNS, ONE_COLUMN)
_COUNTS = {"topics": "topics", "responses": "responses"}
_WORDS = {"us bias": "US bias", "consistency": "self-consistency"}


def alignment(content: ReportContent) -> Plot | Missing:
    """Alignment with the speakers of the prompt's language, per model and language."""
    return _dots(
        content,
        alignment_with_speakers,
        "alignment",
        title="Alignment with the speakers of the prompt's language",
        meaning=(
            "Spearman correlation of a model's value polarity with that of the people who speak "
            "the language it was asked in; 1 is the same order of topics, 0 no relation."
        ),
        label="alignment (Spearman correlation)",
        counts={"topics": "topics", "responses_with_ground_truth": "responses"},
    )


def bias(content: ReportContent) -> Plot | Missing:
    """US bias per model and language."""
    return _dots(
        content,
        us_bias,
        "us_bias",
        title="US bias",
        meaning=(
            "Alignment with the US minus the mean alignment with the language's own countries "
            "(other than the US). Right of zero: closer to the US than to the language's own "
            "countries."
        ),
        label="closer to own countries  ←  US bias  →  closer to the US",
        counts={"used": "responses"},
    )


def consistency(content: ReportContent) -> Plot | Missing:
    """Self-consistency per model and language."""
    return _dots(
        content,
        self_consistency,
        "consistency",
        title="Self-consistency",
        meaning=(
            "Correlation of value polarity between different responses to the same topic in the "
            "same language; 1 means that a model describes the same opinions each time it is "
            "asked."
        ),
        label="self-consistency (correlation)",
        counts={"used": "responses"},
        band=_people(content),
    )


def _dots(
    content: ReportContent,
    read: Callable[[ReportContent], list[CellValue]],
    name: str,
    *,
    title: str,
    meaning: str,
    label: str,
    counts: dict[str, str],
    band: tuple[float, float] | None = None,
) -> Plot | Missing:
    cells = read(content)
    studied = {m.name for m in content.studied}
    there = present([c for c in cells if c.model in studied])
    spoken = name.replace("_", " ")
    if not there:
        why = reasons([c.reason for c in cells if c.model in studied])
        return Missing(name, title, f"There is no figure of {_WORDS.get(spoken, spoken)}: {why}.")
    marked = present(cells)
    tips = {(c.model, c.language): i for i, c in enumerate(marked)}
    return Plot(
        name,
        title,
        f"{meaning} {_whiskers(cells)}{_baselines(content)}{_shaded(band)}"
        f"{_undefined(cells)}".strip(),
        f"Dot plot, one panel per language and one line per model: {title.lower()} of "
        f"{len(studied)} model{'s' * (len(studied) > 1)} in {len(content.languages)} languages.",
        lambda width: dot_panels(
            content, cells, label, width, tips=tips, unit=name == "consistency", band=band
        ),
        _BOTH,
        tuple(_tip(content, c, name.replace("_", " "), counts) for c in marked),
    )


def _tip(content: ReportContent, cell: CellValue, name: str, counts: dict[str, str]) -> Tooltip:
    spoken = {x.code: x.name for x in content.languages}
    ends = tuple(zip((cell.low, cell.high), cell.ends or (), strict=False))
    return Tooltip(
        f"{cell.model} in {spoken[cell.language]}",
        model=cell.model,
        lines=(*lines_of(_WORDS.get(name, name), cell.value, cell.source, ends),
               *_counts(content, cell, counts)),
    )  # fmt: skip


def _counts(content: ReportContent, cell: CellValue, counts: dict[str, str]) -> tuple[Line, ...]:
    """Return what a cell rests on, in the words of the table that its figure is from."""
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
    place = cell.source.rows[0]
    row: dict[str, Any] = table.slice(place, 1).to_pylist()[0]
    return counts_of(name, row | {ROW: place}, labels)


def _people(content: ReportContent) -> tuple[float, float] | None:
    """Return the range of self-consistency over countries; None where it is not known."""
    rows = [] if content.people is None else content.people.to_pylist()
    known = [
        row["self_consistency"]
        for row in rows
        if row["kind"] == "country" and row["self_consistency"] is not None
    ]
    return (min(known), max(known)) if known else None


def _shaded(band: tuple[float, float] | None) -> str:
    if band is None:
        return ""
    low, high = (shown(end) for end in band)
    return f"Shaded: groups of ten people, from {low} to {high} over the countries compared with. "


def _whiskers(cells: Sequence[CellValue]) -> str:
    there = present(cells)
    with_interval = sum(c.has_interval for c in there)
    if not with_interval:
        return "No intervals are available, so distances between dots are not findings. "
    if with_interval < len(there):
        return f"Lines are 95 % intervals, available for {with_interval} of {len(there)} dots. "
    return "Lines are 95 % intervals. "


def _baselines(content: ReportContent) -> str:
    return "Grey: baselines. " if content.baselines else ""


def _undefined(cells: Sequence[CellValue]) -> str:
    nulls: dict[str, list[str]] = {}
    for cell in cells:
        if cell.value is None:
            nulls.setdefault(cell.reason, []).append(cell.model)
    return " ".join(
        f"Undefined for {', '.join(dict.fromkeys(models))}: {reason}."
        for reason, models in nulls.items()
    )
