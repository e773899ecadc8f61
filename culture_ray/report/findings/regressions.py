"""Sentences about regressions: the coefficients, and which intervals leave out zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from culture_ray.report.cell_refs import numbered, of
from culture_ray.report.cell_values import Row, interval, interval_from, number, us_bias
from culture_ray.report.coefficient_names import term
from culture_ray.report.content import ReportContent, ReportRegression
from culture_ray.report.findings.cells import studied
from culture_ray.report.formatting import Number, Sentence

_FEW_TERMS = 4
_R = 2
_KINDS = {"capability": "capability", "self-consistency": "consistency", "US bias": "US bias"}
"""How questions of terms begin -> what their coefficients are called; other terms are levels."""


def regressions_of(content: ReportContent) -> list[Sentence]:
    """Return a sentence per regression; of the first that was not made, why."""
    missing = [r.missing for r in content.regressions.values() if r.missing][:1]
    made = [r for r in content.regressions.values() if r.table is not None]
    return [(why,) for why in missing] + [s for r in made for s in _regression(content, r)]


def _regression(content: ReportContent, regression: ReportRegression) -> list[Sentence]:
    assert regression.table is not None
    baselines = [f"[{m.name}]" for m in content.baselines]
    rows: list[Row] = [
        r
        for r in numbered(regression.table)
        if number(r["estimate"]) is not None and not any(b in r["term"] for b in baselines)
    ]
    if rows and all(_kind(r) == "US bias" for r in rows) and _bias_has_intervals(content):
        return []  # the sentence on US bias has said it
    if not rows:
        return [(f"{regression.title}: no coefficient could be estimated.",)]
    kinds = [(noun, [r for r in rows if _kind(r) == noun]) for noun in _KINDS.values()]
    asked = [(kind, of_kind) for kind, of_kind in kinds if of_kind] or [("", rows)]
    names = {language.code: language.name for language in content.languages}
    sentence: Sentence = (f"{regression.title} ({regression.inference} inference): ",)
    for i, (kind, of_kind) in enumerate(asked):
        told = (
            _each(regression, of_kind, names)
            if len(of_kind) <= _FEW_TERMS
            else _clear_of_zero(regression, kind, of_kind)
        )
        sentence += ("; " if i else "", *told)
    sentence += (".",)
    if regression.inference == "paper":
        sentence += (" These intervals are known to be too narrow: bootstrap rounds are not rows.",)
    return [sentence]


def _kind(row: Row) -> str:
    question = term(row["term"]).question
    return next((noun for begin, noun in _KINDS.items() if question.startswith(begin)), "")


def _bias_has_intervals(content: ReportContent) -> bool:
    return any(c.has_interval for c in studied(content, us_bias(content)))


def _each(
    regression: ReportRegression, rows: Sequence[Row], languages: Mapping[str, str]
) -> Sentence:
    """Return every coefficient with its interval, and whether that leaves out zero."""
    words: Sentence = ()
    for i, row in enumerate(rows):
        low, high = interval(row, "")
        name = term(row["term"]).words(languages)
        estimate = Number(row["estimate"], _R, of(regression.file, [row], "estimate"))
        words += (", " if i else "", f"{name} ", estimate)
        ends = interval_from(regression.file, row, "")
        if low is None or high is None or ends is None:
            words += (" (no interval)",)
            continue
        verdict = "" if low > 0 or high < 0 else ", includes zero"
        words += (" (", Number(low, _R, ends[0]), " to ", Number(high, _R, ends[1]), f"{verdict})")
    return words


def _clear_of_zero(regression: ReportRegression, kind: str, rows: Sequence[Row]) -> Sentence:
    known = [r for r in rows if interval(r, "")[0] is not None]
    clear = [r for r in known if r["ci_low"] > 0 or r["ci_high"] < 0]
    noun = f"{kind} coefficient".strip()
    if not known:
        return (f"no {noun} has an interval",)

    def told(value: float, how: str, digits: int | None = None) -> Number:
        return Number(value, digits, of(regression.file, known, "ci_low ci_high", how))

    words: Sentence = (
        "the 95 % intervals of ", told(len(clear), "clear of zero"),
        " of ", told(len(known), "rows"),
        f" {noun}{'s' * (len(known) > 1)} leave out zero",
    )  # fmt: skip
    if len(known) >= 10:
        words += (", where chance alone would give about ", told(0.05 * len(known), "0.05 n", 1))
    return words
