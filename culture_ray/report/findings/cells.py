"""Sentences about one figure per model and language: what it runs from and to, what is established.

A difference is only called one when its 95 % interval leaves out zero; without intervals ranges are
described and nothing is compared.
"""

from __future__ import annotations

from collections.abc import Sequence

from culture_ray.report.cell_refs import Source
from culture_ray.report.cell_values import CellValue, alignment_with_speakers, present, us_bias
from culture_ray.report.content import ReportContent
from culture_ray.report.formatting import Number, Sentence

_R = 2


def range_of(
    content: ReportContent, cells: Sequence[CellValue], what: str, noun: str, *, chance: bool
) -> list[Sentence]:
    """Return from where to where a figure runs; `chance` says what of it is above zero."""
    there = present(cells)
    if not there:
        reason = next((c.reason for c in cells if c.reason), "the tables have no figure")
        return [(f"There is no {noun} to report: {reason}.",)]
    low, high = _extremes(there)
    if low is high:
        sentence: Sentence = (f"{what} is ", *_with_interval(content, low), ".")
    else:
        sentence = (
            f"{what} runs from ", *_with_interval(content, low),
            " to ", *_with_interval(content, high), ".",
        )  # fmt: skip
    known = [c for c in there if c.has_interval]
    if not known:
        sentence += (" No intervals are available, so this describes the run and ranks nothing.",)
    elif chance:
        positive = sum(1 for c in known if c.low is not None and c.low > 0)
        sentence += (
            " The interval lies above zero in ",
            Number(positive, source=_counted(known, "above zero")),
            " of ", Number(len(known), source=_counted(known, "rows")),
            " cells with an interval.",
        )  # fmt: skip
    return [sentence + _undefined(cells)]


def against_chance(content: ReportContent) -> Sentence:
    """Return what a baseline that answers at random gets, when the run has one."""
    drawn = present([c for c in alignment_with_speakers(content) if c.model == "uniform_random"])
    if not drawn:
        return ()
    low, high = _extremes(drawn)
    return ("Random answers (uniform_random) get ", _number(low), " to ", _number(high), ".")


def bias_of(content: ReportContent) -> list[Sentence]:
    """Return how many cells lie closer to the US, and how many to their own countries."""
    cells = studied(content, us_bias(content))
    there = present(cells)
    if not there:
        reason = next((c.reason for c in cells if c.reason), "the tables have no figure")
        return [(f"There is no US bias to report: {reason}.",)]
    known = [c for c in there if c.has_interval]
    if known:
        toward = sum(1 for c in known if c.low is not None and c.low > 0)
        away = sum(1 for c in known if c.high is not None and c.high < 0)
        sentence: Sentence = (
            "US bias: of ", Number(len(known), source=_counted(known, "rows")),
            " cells with an interval, ", Number(toward, source=_counted(known, "above zero")),
            f" lie{'s' * (toward == 1)} closer to the US than to the language's own countries, ",
            Number(away, source=_counted(known, "below zero")),
            " closer to their own countries; in the others the interval includes zero.",
        )  # fmt: skip
    else:
        toward = sum(1 for c in there if (c.value or 0.0) > 0)
        low, high = _extremes(there)
        sentence = (
            "US bias is above zero (closer to the US than to the language's own countries) in ",
            Number(toward), " of ", Number(len(there)), " cells, from ", _number(low), " to ",
            _number(high), "; without intervals none of these signs is established.",
        )  # fmt: skip
    return [sentence + _undefined(cells)]


def studied(content: ReportContent, cells: Sequence[CellValue]) -> list[CellValue]:
    """Return the cells of models that are no baselines."""
    names = {m.name for m in content.studied}
    return [c for c in cells if c.model in names]


def language_name(content: ReportContent, code: str) -> str:
    """Return what a language is called."""
    return next(x.name for x in content.languages if x.code == code)


def _extremes(cells: Sequence[CellValue]) -> tuple[CellValue, CellValue]:
    ordered = sorted(cells, key=lambda c: c.value or 0.0)
    return ordered[0], ordered[-1]


def _number(cell: CellValue) -> Number:
    return Number(cell.value or 0.0, _R, cell.source)


def _with_interval(content: ReportContent, cell: CellValue) -> Sentence:
    where = f"{cell.model} in {language_name(content, cell.language)}"
    if cell.value is None:
        return ("nothing",)
    if cell.low is None or cell.high is None:
        return (_number(cell), f" ({where})")
    low, high = cell.ends or (None, None)
    return (
        _number(cell), " (", Number(cell.low, _R, low), " to ", Number(cell.high, _R, high),
        f"; {where})",
    )  # fmt: skip


def _counted(cells: Sequence[CellValue], how: str) -> Source | None:
    """Return where the lower, or for `below zero` the upper, ends of intervals stand."""
    ends = [cell.ends[how == "below zero"] for cell in cells if cell.ends is not None]
    if len(ends) < len(cells) or len({(end.file, end.column) for end in ends}) != 1:
        return None
    rows = tuple(row for end in ends for row in end.rows)
    return Source(ends[0].file, rows, ends[0].column, how)


def _undefined(cells: Sequence[CellValue]) -> Sentence:
    missing = [cell for cell in cells if cell.value is None]
    if not missing:
        return ()
    return (
        " It is undefined in ", Number(len(missing), source=_all_of(missing, "null")),
        " of ", Number(len(cells), source=_all_of(cells, "rows")), " cells.",
    )  # fmt: skip


def _all_of(cells: Sequence[CellValue], how: str) -> Source | None:
    """Return where the figures of cells stand, if they stand in one column."""
    found = [cell.source for cell in cells if cell.source is not None]
    if len(found) < len(cells) or len({(one.file, one.column) for one in found}) != 1:
        return None
    rows = tuple(row for one in found for row in one.rows)
    return Source(found[0].file, rows, found[0].column, how)
