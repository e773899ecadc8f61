"""Headline findings as plain sentences, made from the numbers and never saying more than they do.

Rules: a difference is only called one when its 95 % interval leaves out zero; without intervals
ranges are described and nothing is compared; few topics and weak models are said first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from culture_ray.report.content import Regression, ReportContent
from culture_ray.report.views import (
    Cell,
    Row,
    alignment_with_speakers,
    interval,
    number,
    present,
    primary,
    self_consistency,
    us_bias,
)
from culture_ray.report.words import Number, Sentence, counted, listed

_FEW_TOPICS = 30
_FEW_TERMS = 4
_HALF = 0.5
_WORTH_TELLING = 0.05
_R = 2
_FLAGS = {
    "truncated": "were cut off at their token limit",
    "repetitive": "repeat themselves",
    "wrong_language": "are in another language than the prompt",
}
_QUESTIONS = {"capability": "capability", "consistency": "consistency", "us_bias": "US bias"}
"""Words in the terms that answer the project's questions; other terms are levels."""


@dataclass(frozen=True)
class Finding:
    """A headline sentence and what it is about."""

    about: str
    """caveat, quality, alignment, us_bias, consistency or regression."""
    sentence: Sentence


def findings(content: ReportContent) -> list[Finding]:
    """Return the headline sentences of a run, caveats first."""
    parts: list[tuple[str, list[Sentence]]] = [
        ("caveat", _caveats(content)),
        ("quality", _used(content)),
        ("alignment", _alignment(content)),
        ("us_bias", _bias(content)),
        ("consistency", _consistency(content)),
        ("regression", [s for r in content.regressions.values() for s in _regression(content, r)]),
    ]
    return [Finding(about, sentence) for about, sentences in parts for sentence in sentences]


def _caveats(content: ReportContent) -> list[Sentence]:
    caveats: list[Sentence] = []
    weak = [m.name for m in content.studied if m.proves_path_only]
    if content.proves_path_only and weak:
        caveats.append(
            (
                f"This run shows that the path from survey items to a report works. {listed(weak)} "
                f"{'is' if len(weak) == 1 else 'are'} too weak to say anything about culture: read "
                "the figures below as a test of the machinery, not as findings.",
            )
        )
    elif weak:
        caveats.append((f"Figures of {listed(weak)} only show that the path works.",))
    topics = len(content.topics)
    if 1 < topics < _FEW_TOPICS:
        caveats.append(
            (
                f"With {counted(topics, 'topic')}, chance alone moves a rank correlation over "
                "topics by about ±",
                Number(2 / math.sqrt(topics - 1), 1),
                " (2/\u2060√(topics − 1)); smaller alignments and differences mean little.",
            )
        )
    return caveats


def _used(content: ReportContent) -> list[Sentence]:
    rows = primary(content.quality)
    requests, used = sum(r["requests"] for r in rows), sum(r["used"] for r in rows)
    if not requests:
        return [("The run has no requests in its quality table.",)]
    share = Number(100 * used / requests, 0)
    flagged = [(sum(r[flag] or 0 for r in rows), words) for flag, words in _FLAGS.items()]
    sentence: Sentence = (
        Number(used), " of ", Number(requests), " requests (", share,
        " %) ended in a response with a value polarity; the measures rest on these.",
    )  # fmt: skip
    told = [(n, words) for n, words in flagged if n >= _WORTH_TELLING * requests]
    for i, (n, words) in enumerate(told):
        sentence += (" Of all responses, " if i == 0 else ", ", Number(n), f" {words}")
    if told:
        sentence += (".",)
    poor = [
        f"{r['model']} in {_language(content, r['language'])}"
        for r in rows
        if r["requests"] and r["used"] / r["requests"] < _HALF
    ]
    if poor:
        sentence += (f" Less than half could be used of {listed(poor)}.",)
    return [sentence]


def _alignment(content: ReportContent) -> list[Sentence]:
    cells = _studied(content, alignment_with_speakers(content))
    return _range(
        content, cells, "Alignment with the speakers of the prompt's language", "alignment", True
    )


def _consistency(content: ReportContent) -> list[Sentence]:
    cells = _studied(content, self_consistency(content))
    return _range(content, cells, "Self-consistency", "self-consistency", False)


def _range(
    content: ReportContent, cells: Sequence[Cell], what: str, noun: str, chance: bool
) -> list[Sentence]:
    shown = present(cells)
    if not shown:
        reason = next((c.reason for c in cells if c.reason), "the tables have no figure")
        return [(f"There is no {noun} to report: {reason}.",)]
    ordered = sorted(shown, key=lambda c: c.value or 0.0)
    if len(ordered) == 1:
        sentence: Sentence = (f"{what} is ", *_with_interval(content, ordered[0]), ".")
    else:
        low, high = ordered[0], ordered[-1]
        sentence = (
            f"{what} runs from ", *_with_interval(content, low),
            " to ", *_with_interval(content, high), ".",
        )  # fmt: skip
    if chance:
        sentence += _against_chance(content)
    intervals = [c for c in shown if c.has_interval]
    if not intervals:
        sentence += (" No intervals are available, so this describes the run and ranks nothing.",)
    elif chance:
        positive = sum(1 for c in intervals if c.low is not None and c.low > 0)
        sentence += (
            " The interval lies above zero in ", Number(positive), " of ", Number(len(intervals)),
            " cells with an interval.",
        )  # fmt: skip
    return [sentence + _undefined(cells)]


def _against_chance(content: ReportContent) -> Sentence:
    """Return what a baseline that answers at random gets, when the run has one."""
    drawn = present([c for c in alignment_with_speakers(content) if c.model == "uniform_random"])
    if not drawn:
        return ()
    values = sorted(c.value or 0.0 for c in drawn)
    return (
        " Random answers (uniform_random) get ", Number(values[0], _R), " to ",
        Number(values[-1], _R), ".",
    )  # fmt: skip


def _bias(content: ReportContent) -> list[Sentence]:
    cells = _studied(content, us_bias(content))
    shown = present(cells)
    if not shown:
        reason = next((c.reason for c in cells if c.reason), "the tables have no figure")
        return [(f"There is no US bias to report: {reason}.",)]
    total = Number(len(shown))
    intervals = [c for c in shown if c.has_interval]
    if intervals:
        toward = sum(1 for c in intervals if c.low is not None and c.low > 0)
        away = sum(1 for c in intervals if c.high is not None and c.high < 0)
        sentence: Sentence = (
            "US bias: of ", Number(len(intervals)), " cells with an interval, ", Number(toward),
            " lie closer to the US than to the language's own countries, ", Number(away),
            " closer to their own countries; in the others the interval includes zero.",
        )  # fmt: skip
    else:
        toward = sum(1 for c in shown if (c.value or 0.0) > 0)
        ordered = sorted(c.value or 0.0 for c in shown)
        sentence = (
            "US bias is above zero (closer to the US than to the language's own countries) in ",
            Number(toward), " of ", total, " cells, from ", Number(ordered[0], _R), " to ",
            Number(ordered[-1], _R), "; without intervals none of these signs is established.",
        )  # fmt: skip
    return [sentence + _undefined(cells)]


def _regression(content: ReportContent, regression: Regression) -> list[Sentence]:
    if regression.table is None:
        return [(regression.missing,)]
    baselines = [f"[{m.name}]" for m in content.baselines]
    rows: list[Row] = [
        r
        for r in regression.table.to_pylist()
        if number(r["estimate"]) is not None and not any(b in r["term"] for b in baselines)
    ]
    if rows and all("us_bias" in r["term"] for r in rows) and _bias_has_intervals(content):
        return []  # the sentence on US bias has said it
    if not rows:
        return [(f"{regression.title}: no coefficient could be estimated.",)]
    kinds = [(noun, [r for r in rows if k in r["term"]]) for k, noun in _QUESTIONS.items()]
    asked = [(kind, of) for kind, of in kinds if of] or [("", rows)]
    sentence: Sentence = (f"{regression.title} ({regression.inference} inference): ",)
    for i, (kind, of) in enumerate(asked):
        few = len(of) <= _FEW_TERMS
        sentence += ("; " if i else "", *(_each(of) if few else _clear_of_zero(kind, of)))
    sentence += (".",)
    if regression.inference == "paper":
        sentence += (" These intervals are known to be too narrow: bootstrap rounds are not rows.",)
    return [sentence]


def _bias_has_intervals(content: ReportContent) -> bool:
    return any(c.has_interval for c in _studied(content, us_bias(content)))


def _each(rows: Sequence[Row]) -> Sentence:
    """Return every coefficient with its interval, and whether that leaves out zero."""
    words: Sentence = ()
    for i, row in enumerate(rows):
        low, high = interval(row, "")
        words += (", " if i else "", f"{row['term']} ", Number(row["estimate"], _R))
        if low is None or high is None:
            words += (" (no interval)",)
            continue
        verdict = "" if low > 0 or high < 0 else ", includes zero"
        words += (" (", Number(low, _R), " to ", Number(high, _R), f"{verdict})")
    return words


def _clear_of_zero(kind: str, rows: Sequence[Row]) -> Sentence:
    known = [r for r in rows if interval(r, "")[0] is not None]
    clear = [r for r in known if r["ci_low"] > 0 or r["ci_high"] < 0]
    noun = f"{kind} coefficient".strip()
    if not known:
        return (f"no {noun} has an interval",)
    words: Sentence = (
        "the 95 % intervals of ", Number(len(clear)), " of ", Number(len(known)),
        f" {noun}{'s' * (len(known) > 1)} leave out zero",
    )  # fmt: skip
    if len(known) >= 10:
        words += (", where chance alone would give about ", Number(0.05 * len(known), 1))
    return words


def _with_interval(content: ReportContent, cell: Cell) -> Sentence:
    where = f"{cell.model} in {_language(content, cell.language)}"
    if cell.value is None:
        return ("nothing",)
    if cell.low is None or cell.high is None:
        return (Number(cell.value, _R), f" ({where})")
    return (
        Number(cell.value, _R), " (", Number(cell.low, _R), " to ", Number(cell.high, _R),
        f"; {where})",
    )  # fmt: skip


def _undefined(cells: Sequence[Cell]) -> Sentence:
    missing = len(cells) - len(present(cells))
    if not missing:
        return ()
    return (" It is undefined in ", Number(missing), " of ", Number(len(cells)), " cells.")


def _studied(content: ReportContent, cells: Sequence[Cell]) -> list[Cell]:
    names = {m.name for m in content.studied}
    return [c for c in cells if c.model in names]


def _language(content: ReportContent, code: str) -> str:
    return next(x.name for x in content.languages if x.code == code)
