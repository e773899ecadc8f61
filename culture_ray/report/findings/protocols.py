"""Sentences about further protocols: alignment under each, and its spread between protocols."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from culture_ray.report.cell_refs import cell_ref, numbered_rows
from culture_ray.report.cell_values import (
    CellValue,
    as_float,
    interval,
    main_protocol,
    with_interval,
)
from culture_ray.report.content import ReportContent
from culture_ray.report.findings.cells import range_sentences
from culture_ray.report.formatting import Number, Sentence

_R = 2
_FEW = 4
_PERSONA = "gain in alignment from a persona of the population"
_STABILITY = "spread of alignment between protocols, beyond chance"

Rows = list[dict[str, Any]]


def protocol_sentences(content: ReportContent) -> list[Sentence]:
    """Return sentences on the further protocols of a run; none if it has only one."""
    rows = _further(content)
    without_persona = dict.fromkeys(row["protocol"] for row in rows if row.get("persona") is None)
    sentences = [
        sentence
        for name in without_persona
        for sentence in _range(content, name, [r for r in rows if r["protocol"] == name])
    ]
    if any(row.get("persona") is not None for row in rows):
        sentences += _persona(_checked(content, _PERSONA))
    if without_persona:
        sentences += _stability(_checked(content, _STABILITY))
    return sentences


def _further(content: ReportContent) -> Rows:
    """Return the rows of cells under other protocols than the main one, one judge each."""
    if content.cells is None:
        return []
    models, main = {m.name for m in content.studied}, main_protocol(content)
    rows = [
        row
        for row in numbered_rows(content.cells)
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
    what = "alignment with the speakers of the prompt's language"
    noun = f"alignment under the protocol {name}"
    where = f"Under the protocol {name}, "
    return range_sentences(content, cells, what, noun, chance=True, where=where)


def _checked(content: ReportContent, what: str) -> Rows:
    """Return the rows of a robustness check for single models over all languages."""
    rows = [] if content.robustness is None else numbered_rows(content.robustness)
    return [
        row
        for row in rows
        if row["what"] == what and row["model"] is not None and row["language"] is None
    ]


def _persona(rows: Rows) -> list[Sentence]:
    begin = _where_none_is_clear(
        rows,
        "For no model does a persona from a country change alignment with that country more than "
        "chance would. ",
    ) + (
        "Compared with personas from other countries, a persona from a country changes alignment "
        "with that country by "
    )
    return _each_or_counted(begin, "effect of a matching persona", rows)


def _stability(rows: Rows) -> list[Sentence]:
    begin = _where_none_is_clear(
        rows, "Alignment varies between protocols no more than chance would explain. "
    ) + (
        "The variation of alignment between protocols, beyond chance and relative to its variation "
        "between countries, is "
    )
    return _each_or_counted(begin, "spread between protocols", rows)


def _where_none_is_clear(rows: Rows, sentence: str) -> str:
    """Return a sentence if every row has an interval and none of them leaves out zero."""
    ends = [interval(row, "") for row in rows]
    unclear = [low is not None and high is not None and low <= 0 <= high for low, high in ends]
    return sentence if unclear and all(unclear) else ""


def _each_or_counted(begin: str, noun: str, rows: Rows) -> list[Sentence]:
    """Return the estimate of each model; for many models, the count of established ones."""
    known = [
        r for r in rows if as_float(r["estimate"]) is not None and interval(r, "")[0] is not None
    ]
    if not known:
        return []
    if len(known) > _FEW:
        return [_established_count(noun, known)]
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


def _established_count(noun: str, known: Sequence[dict[str, Any]]) -> Sentence:
    clear = sum(1 for r in known if r["ci_low"] > 0 or r["ci_high"] < 0)
    both = "ci_low ci_high"
    return (
        f"The 95 % interval of the {noun} excludes zero for ",
        Number(clear, source=cell_ref("robustness", known, both, "clear of zero")), " of ",
        Number(len(known), source=cell_ref("robustness", known, both, "rows")),
        " models.",
    )  # fmt: skip


def _number(row: dict[str, Any], column: str) -> Number:
    return Number(row[column], _R, cell_ref("robustness", [row], column))
