"""Sentences about further protocols: what they say of alignment, and how far they move it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from culture_ray.report.cell_refs import numbered, of
from culture_ray.report.cell_values import CellValue, interval, main_protocol, number, with_interval
from culture_ray.report.content import ReportContent
from culture_ray.report.findings.cells import range_of
from culture_ray.report.formatting import Number, Sentence

_R = 2
_FEW = 4
_PERSONA = "gain in alignment from a persona of the population"
_STABILITY = "spread of alignment between protocols, beyond chance"

Rows = list[dict[str, Any]]


def protocols_of(content: ReportContent) -> list[Sentence]:
    """Return what further protocols say; nothing for a run of one protocol."""
    rows = _further(content)
    plain = dict.fromkeys(row["protocol"] for row in rows if row.get("persona") is None)
    sentences = [
        sentence
        for name in plain
        for sentence in _range(content, name, [r for r in rows if r["protocol"] == name])
    ]
    if any(row.get("persona") is not None for row in rows):
        sentences += _persona(_checked(content, _PERSONA))
    if plain:
        sentences += _stability(_checked(content, _STABILITY))
    return sentences


def _further(content: ReportContent) -> Rows:
    """Return the cells of models by other protocols than the main one, of one judge each."""
    if content.cells is None:
        return []
    models, main = {m.name for m in content.studied}, main_protocol(content)
    rows = [
        row
        for row in numbered(content.cells)
        if row["model"] in models and row.get("protocol") not in (None, main)
    ]
    first: dict[tuple[str, str], Any] = {}
    for row in rows:
        first.setdefault((row["model"], row["protocol"]), row.get("judge"))
    return [row for row in rows if row.get("judge") == first[row["model"], row["protocol"]]]


def _range(content: ReportContent, name: str, rows: Rows) -> list[Sentence]:
    cells = [
        with_interval(
            "cells",
            CellValue(row["model"], row["language"], None, reason=row.get("note") or "undefined"),
            row,
            "alignment_language",
        )
        for row in rows
        if row.get("persona") is None
    ]
    what = f"Asked by the protocol {name}, alignment with the speakers of the prompt's language"
    return range_of(content, cells, what, f"alignment by the protocol {name}", chance=True)


def _checked(content: ReportContent, what: str) -> Rows:
    """Return the rows of a robustness check that are about one model in all languages."""
    rows = [] if content.robustness is None else numbered(content.robustness)
    return [
        row
        for row in rows
        if row["what"] == what and row["model"] is not None and row["language"] is None
    ]


def _persona(rows: Rows) -> list[Sentence]:
    begin = (
        "Told to speak as people of a country, responses agree with that country's people more "
        "than other personas' responses do by "
    )
    return _each_or_counted(begin, "gain", rows)


def _stability(rows: Rows) -> list[Sentence]:
    begin = (
        "Between protocols alignment spreads, beyond chance and as a multiple of its spread "
        "between countries, by "
    )
    return _each_or_counted(begin, "spread between protocols", rows)


def _each_or_counted(begin: str, noun: str, rows: Rows) -> list[Sentence]:
    """Return the figure of each of a few models, of many how many are established."""
    known = [
        r for r in rows if number(r["estimate"]) is not None and interval(r, "")[0] is not None
    ]
    if not known:
        return []
    if len(known) > _FEW:
        return [_counted(noun, known)]
    sentence: Sentence = (begin,)
    for i, row in enumerate(known):
        established = row["ci_low"] > 0 or row["ci_high"] < 0
        sentence += (
            ", " if i else "",
            _number(row, "estimate"), " (", _number(row, "ci_low"), " to ",
            _number(row, "ci_high"), "" if established else ", includes zero",
            f") for {row['model']}",
        )  # fmt: skip
    return [(*sentence, ".")]


def _counted(noun: str, known: Sequence[dict[str, Any]]) -> Sentence:
    clear = sum(1 for r in known if r["ci_low"] > 0 or r["ci_high"] < 0)
    both = "ci_low ci_high"
    return (
        f"The 95 % interval of the {noun} leaves out zero for ",
        Number(clear, source=of("robustness", known, both, "clear of zero")), " of ",
        Number(len(known), source=of("robustness", known, both, "rows")),
        " models.",
    )  # fmt: skip


def _number(row: dict[str, Any], column: str) -> Number:
    return Number(row[column], _R, of("robustness", [row], column))
