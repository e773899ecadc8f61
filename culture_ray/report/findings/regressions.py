"""Sentences about regressions: their coefficients, and the intervals that exclude zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from culture_ray.calibration import PUBLISHED, marks_of_terms
from culture_ray.report.cell_refs import cell_ref, numbered_rows
from culture_ray.report.cell_values import Row, as_float, interval, interval_refs, us_bias
from culture_ray.report.coefficient_names import coefficient_name
from culture_ray.report.content import ReportContent
from culture_ray.report.findings.cells import studied_cells
from culture_ray.report.formatting import Number, Sentence, listed
from culture_ray.report.regression_result import ReportRegression

_FEW_TERMS = 4
_BETWEEN = "capability_between"
_FEWEST_FAMILIES = 10
"""Families from which a slope between families is told: fewer differ in much besides capability."""

_R = 2
_KINDS = {"capability": "capability", "self-consistency": "consistency", "US bias": "US bias"}
"""Beginning of a coefficient's quantity -> noun for such coefficients; others are intercepts."""


def regression_sentences(content: ReportContent) -> list[Sentence]:
    """Return a sentence per regression; for the first missing one, the reason.

    A mark of figures that miss their level in simulated studies is said where it first applies.
    """
    missing = [r.missing for r in content.regressions.values() if r.missing][:1]
    fitted = [r for r in content.regressions.values() if r.table is not None]
    told: list[Sentence] = [(why,) for why in missing]
    said: set[str] = set()
    for regression in fitted:
        for sentence, marks in _regression(content, regression):
            new = [mark for mark in marks if mark not in said]
            said.update(new)
            told.append((*sentence, *(f" {mark}" for mark in new)))
    return told


def _regression(
    content: ReportContent, regression: ReportRegression
) -> list[tuple[Sentence, tuple[str, ...]]]:
    """Return the sentence on a regression, if any, and the marks of what it shows."""
    assert regression.table is not None
    baselines = [f"[{m.name}]" for m in content.baselines]
    few_families = len({m.family for m in content.studied}) < _FEWEST_FAMILIES
    rows: list[Row] = [
        r
        for r in numbered_rows(regression.table)
        if as_float(r["estimate"]) is not None
        and not any(b in r["term"] for b in baselines)
        and not (few_families and r["term"] == _BETWEEN)
    ]
    if rows and all(_kind(r) == "US bias" for r in rows) and _bias_has_intervals(content):
        return []  # the sentence on US bias reports these
    if not rows:
        return [((f"{regression.title}: no coefficient could be estimated.",), ())]
    by_kind = [(noun, [r for r in rows if _kind(r) == noun]) for noun in _KINDS.values()]
    kinds = [(kind, of_kind) for kind, of_kind in by_kind if of_kind]
    groups = kinds or [("", rows)]
    names = {language.code: language.name for language in content.languages}
    few = any(len(of_kind) <= _FEW_TERMS for _, of_kind in groups)
    notes = [
        "published inference" if regression.inference == "paper" else "",
        "95 % intervals in parentheses" if few else "",
    ]
    note = ", ".join(filter(None, notes))
    plainly = _plain_words([r for r in rows if _kind(r)])
    sentence: Sentence = (f"{plainly}{regression.title}{f' ({note})' * bool(note)}: ",)
    for i, (kind, of_kind) in enumerate(groups):
        coefficients = (
            _coefficient_list(regression, of_kind, names)
            if len(of_kind) <= _FEW_TERMS
            else _excluding_zero(regression, kind, of_kind)
        )
        sentence += ("; " if i else "", *coefficients)
    sentence += (".",)
    if regression.inference == "paper":
        return [(sentence, (PUBLISHED,))]
    known = [r["term"] for r in rows if interval(r, "")[0] is not None and (_kind(r) or not kinds)]
    return [(sentence, tuple(m for m in marks_of_terms(known) if m in regression.notes))]


_PLAIN = {
    "capability": (
        "the better a model masters a language, the more it agrees with its speakers",
        "the better a model masters a language, the less it agrees with its speakers",
        "there is no evidence that mastering a language better brings models closer to speakers",
    ),
    "consistency": (
        "the more consistently a model answers, the more it agrees with speakers",
        "the more consistently a model answers, the less it agrees with speakers",
        "there is no evidence that models that answer more consistently agree more with speakers",
    ),
}
"""Noun of coefficients -> what they say if all are above zero, all below, or none is clear."""


def _plain_words(rows: Sequence[Row]) -> str:
    """Return the slopes in plain words."""
    said = []
    for noun, words in _PLAIN.items():
        known = [r for r in rows if _kind(r) == noun and None not in interval(r, "")]
        if not known:
            continue
        above = [r for r in known if r["ci_low"] > 0]
        below = [r for r in known if r["ci_high"] < 0]
        verdict = {(len(known), 0): 0, (0, len(known)): 1, (0, 0): 2}.get((len(above), len(below)))
        said.append(_by_family(noun, known, above, below) if verdict is None else words[verdict])
    text = "; ".join(filter(None, said))
    return f"{text[0].upper()}{text[1:]}. " if text else ""


def _by_family(noun: str, known: Sequence[Row], above: Sequence[Row], below: Sequence[Row]) -> str:
    """Return the slopes of capability that differ between families; empty for other slopes."""
    families = {id(r): coefficient_name(r["term"]).levels.get("family", "") for r in known}
    if noun != "capability" or not all(families.values()):
        return ""
    rest = [r for r in known if r not in above and r not in below]
    parts = [
        f"{words} among {listed(list(dict.fromkeys(families[id(r)] for r in of_kind)))} models"
        for words, of_kind in (
            ("is associated with more agreement", above),
            ("is associated with less agreement", below),
            ("shows no clear association with agreement", rest),
        )
        if of_kind
    ]
    return f"mastering a language better {', but '.join(parts)}"


def _kind(row: Row) -> str:
    quantity = coefficient_name(row["term"]).quantity
    return next((noun for begin, noun in _KINDS.items() if quantity.startswith(begin)), "")


def _bias_has_intervals(content: ReportContent) -> bool:
    return any(c.has_interval for c in studied_cells(content, us_bias(content)))


def _coefficient_list(
    regression: ReportRegression, rows: Sequence[Row], languages: Mapping[str, str]
) -> Sentence:
    """Return every coefficient with its interval, marked if that includes zero."""
    text: Sentence = ()
    for i, row in enumerate(rows):
        low, high = interval(row, "")
        name = coefficient_name(row["term"]).text(languages)
        estimate = Number(row["estimate"], _R, cell_ref(regression.file, [row], "estimate"))
        text += (", " if i else "", f"{name} ", estimate)
        ends = interval_refs(regression.file, row, "")
        if low is None or high is None or ends is None:
            text += (" (no interval)",)
            continue
        verdict = "" if low > 0 or high < 0 else ", includes zero"
        text += (" (", Number(low, _R, ends[0]), " to ", Number(high, _R, ends[1]), f"{verdict})")
    return text


def _excluding_zero(regression: ReportRegression, kind: str, rows: Sequence[Row]) -> Sentence:
    known = [r for r in rows if interval(r, "")[0] is not None]
    clear = [r for r in known if r["ci_low"] > 0 or r["ci_high"] < 0]
    noun = f"{kind} coefficient".strip()
    if not known:
        return (f"no {noun} has an interval",)

    def linked(value: float, how: str, digits: int | None = None) -> Number:
        return Number(value, digits, cell_ref(regression.file, known, "ci_low ci_high", how))

    text: Sentence = (
        "the 95 % intervals of ", linked(len(clear), "clear of zero"),
        " of ", linked(len(known), "rows"),
        f" {noun}{'s' * (len(known) > 1)} exclude zero",
    )  # fmt: skip
    if len(known) >= 10:
        expected = linked(0.05 * len(known), "0.05 n", 1)
        text += (" (chance alone would give about ", expected, ")")
    return text
