"""Sentences about a measure per model and language: its range and its intervals.

A difference is only reported as one if its 95 % interval excludes zero; without intervals, ranges
are described and nothing is compared.
"""

from __future__ import annotations

from collections.abc import Sequence

from culture_ray.report.cell_refs import CellRef
from culture_ray.report.cell_values import (
    CellValue,
    alignment_with_speakers,
    defined_cells,
    us_bias,
    with_simultaneous_intervals,
)
from culture_ray.report.content import ReportContent
from culture_ray.report.formatting import Number, Sentence

_R = 2


def range_sentences(
    content: ReportContent,
    cells: Sequence[CellValue],
    what: str,
    noun: str,
    *,
    chance: bool,
    where: str = "",
) -> list[Sentence]:
    """Return a sentence on the range of a measure, which `what` names in small letters.

    `chance` adds the number of intervals above zero. `where` begins the sentence.
    """
    defined = defined_cells(cells)
    if not defined:
        reason = next((c.reason for c in cells if c.reason), "the tables have no value")
        return [(f"There is no {noun} to report: {reason}.",)]
    known = [c for c in defined if c.has_interval]
    positive = sum(1 for c in known if c.low is not None and c.low > 0)
    subject = _capital(f"{where}{what}")
    if chance and positive == len(known) == len(defined):
        several = len({c.model for c in cells}) > 1
        agree = f"{where}{'every' if several else 'the'} model agrees with speakers"
        subject = f"{_capital(agree)} better than chance. {_capital(what)}"
    low, high = _extremes(defined)
    alike = str(_number(low)) == str(_number(high))
    if low is not high and alike and not known:
        number = Number(len(defined))
        everyone: Sentence = ("both",) if len(defined) == 2 else ("all ", number)
        sentence: Sentence = (f"{subject} is ", _number(low), " for ", *everyone,
                              f" {_pairs(defined)}.")  # fmt: skip
    elif low is high:
        sentence = (f"{subject} is ", *_with_interval(content, low), ".")
    else:
        sentence = (
            f"{subject} ranges from ", *_with_interval(content, low),
            " to ", *_with_interval(content, high), ".",
        )  # fmt: skip
    if not known:
        sentence += (" No intervals are available, so this range does not rank the models.",)
    elif chance:
        several = len(known) > 1
        sentence += (
            f" The {_simultaneous(known)}95 % interval{'s' * several} lie{'s' * (not several)} "
            "entirely above zero for ",
            Number(positive, source=_interval_ends_ref(known, "above zero")),
            " of the ", Number(len(known), source=_interval_ends_ref(known, "rows")),
            f" {_pairs(known)}.",
        )  # fmt: skip
    return [sentence + _undefined(cells)]


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def random_baseline_sentence(content: ReportContent) -> Sentence:
    """Return a sentence on the alignment of random answers; empty without that baseline."""
    random_cells = defined_cells(
        [c for c in alignment_with_speakers(content) if c.model == "uniform_random"]
    )
    if not random_cells:
        return ()
    low, high = _extremes(random_cells)
    return (
        "For comparison, random answers (baseline uniform_random) range from ", _number(low),
        " to ", _number(high), ".",
    )  # fmt: skip


def us_bias_sentences(content: ReportContent) -> list[Sentence]:
    """Return a sentence on US bias: its direction per model and language, as far as established."""
    studied = studied_cells(content, us_bias(content))
    cells = with_simultaneous_intervals(content, studied, "us_minus_native")
    defined = defined_cells(cells)
    if not defined:
        reason = next((c.reason for c in cells if c.reason), "the tables have no value")
        return [(f"There is no US bias to report: {reason}.",)]
    known = [c for c in defined if c.has_interval]
    sentence: Sentence
    if known:
        toward = sum(1 for c in known if c.low is not None and c.low > 0)
        away = sum(1 for c in known if c.high is not None and c.high < 0)
        sentence = _directions(known, toward, away) if toward or away else _no_direction(known)
    else:
        toward = sum(1 for c in defined if (c.value or 0.0) > 0)
        low, high = _extremes(defined)
        sentence = (
            "US bias is above zero (closer to the US than to the other countries where the "
            "language is spoken) for ", Number(toward), " of the ", Number(len(defined)),
            f" {_pairs(defined)} and ranges from ", _number(low), " to ", _number(high),
            "; no intervals are available, so none of these signs is established.",
        )  # fmt: skip
    return [sentence + _undefined(cells)]


def _directions(known: Sequence[CellValue], toward: int, away: int) -> Sentence:
    """Return the sentence on the numbers of cells on either side of zero."""
    return (
        "US bias: of the ", Number(len(known), source=_interval_ends_ref(known, "rows")),
        f" {_pairs(known)}, ",
        Number(toward, source=_interval_ends_ref(known, "above zero")),
        f" {'is' if toward == 1 else 'are'} closer to the US than to the other countries where "
        "the language is spoken, and ",
        Number(away, source=_interval_ends_ref(known, "below zero")),
        f" {'is' if away == 1 else 'are'} closer to those countries; for all others the "
        f"{_simultaneous(known)}95 % intervals include zero.",
    )  # fmt: skip


def _no_direction(known: Sequence[CellValue]) -> Sentence:
    several = len(known) > 1
    begin = (
        "US bias: there is no evidence that any model is closer to the US than to the other "
        "countries where the language is spoken, or closer to those countries than to the US. "
    )
    number = Number(len(known), source=_interval_ends_ref(known, "rows"))
    if not several:
        return (f"{begin}The ", number, " 95 % interval includes zero.")
    return (f"{begin}All ", number, f" {_simultaneous(known)}95 % intervals include zero.")


def studied_cells(content: ReportContent, cells: Sequence[CellValue]) -> list[CellValue]:
    """Return the cells of models that are not baselines."""
    names = {m.name for m in content.studied}
    return [c for c in cells if c.model in names]


def language_name(content: ReportContent, code: str) -> str:
    """Return the name of a language."""
    return next(x.name for x in content.languages if x.code == code)


def _extremes(cells: Sequence[CellValue]) -> tuple[CellValue, CellValue]:
    ordered = sorted(cells, key=lambda c: c.value or 0.0)
    return ordered[0], ordered[-1]


def _number(cell: CellValue) -> Number:
    return Number(cell.value or 0.0, _R, cell.source)


def _with_interval(content: ReportContent, cell: CellValue) -> Sentence:
    pair = f"{cell.model} in {language_name(content, cell.language)}"
    if cell.value is None:
        return ("nothing",)
    if cell.low is None or cell.high is None:
        return (_number(cell), f" ({pair})")
    low, high = cell.interval_refs or (None, None)
    return (
        _number(cell), f" ({pair}; 95 % interval ", Number(cell.low, _R, low), " to ",
        Number(cell.high, _R, high), ")",
    )  # fmt: skip


def _simultaneous(cells: Sequence[CellValue]) -> str:
    """Return the word that marks intervals which hold for all cells together."""
    return "simultaneous " if len(cells) > 1 and all(c.simultaneous for c in cells) else ""


def _pairs(cells: Sequence[CellValue]) -> str:
    return f"combination{'s' * (len(cells) > 1)} of model and language"


def _interval_ends_ref(cells: Sequence[CellValue], how: str) -> CellRef | None:
    """Return the table cells of the intervals' lower ends; for `below zero`, of the upper ends."""
    ends = [
        cell.interval_refs[how == "below zero"] for cell in cells if cell.interval_refs is not None
    ]
    if len(ends) < len(cells) or len({(end.file, end.column) for end in ends}) != 1:
        return None
    rows = tuple(row for end in ends for row in end.rows)
    return CellRef(ends[0].file, rows, ends[0].column, how)


def _undefined(cells: Sequence[CellValue]) -> Sentence:
    missing = [cell for cell in cells if cell.value is None]
    if not missing:
        return ()
    return (
        " It is undefined for ", Number(len(missing), source=_cells_ref(missing, "null")),
        " of the ", Number(len(cells), source=_cells_ref(cells, "rows")), f" {_pairs(cells)}.",
    )  # fmt: skip


def _cells_ref(cells: Sequence[CellValue], how: str) -> CellRef | None:
    """Return the table cells of the cells' values; None if they are in several columns."""
    found = [cell.source for cell in cells if cell.source is not None]
    if len(found) < len(cells) or len({(ref.file, ref.column) for ref in found}) != 1:
        return None
    rows = tuple(row for ref in found for row in ref.rows)
    return CellRef(found[0].file, rows, found[0].column, how)
