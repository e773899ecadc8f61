"""Headline findings as plain sentences, made from the numbers and never saying more than they do.

Rules: a difference is only called one when its 95 % interval leaves out zero; without intervals
ranges are described and nothing is compared; few topics and weak models are said first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from culture_ray.report.cell_refs import of
from culture_ray.report.cell_values import (
    alignment_with_speakers,
    primary,
    self_consistency,
    speakers_of,
)
from culture_ray.report.content import ReportContent
from culture_ray.report.findings.cells import (
    against_chance,
    bias_of,
    language_name,
    range_of,
    studied,
)
from culture_ray.report.findings.protocols import protocols_of
from culture_ray.report.findings.regressions import regressions_of
from culture_ray.report.formatting import Number, Sentence, listed

_FEW_TOPICS = 30
_HALF = 0.5
_WORTH_TELLING = 0.05
_FLAGS = {
    "truncated": "were cut off at their token limit",
    "repetitive": "repeat themselves",
    "wrong_language": "are in another language than the prompt",
}


@dataclass(frozen=True)
class Finding:
    """A headline sentence and what it is about."""

    about: str
    """caveat, quality, alignment, us_bias, consistency, protocol or regression."""
    sentence: Sentence


def findings(content: ReportContent) -> list[Finding]:
    """Return the headline sentences of a run, caveats first."""
    parts: list[tuple[str, list[Sentence]]] = [
        ("caveat", _caveats(content)),
        ("quality", _used(content)),
        ("alignment", _alignment(content)),
        ("us_bias", bias_of(content)),
        ("consistency", _consistency(content)),
        ("protocol", protocols_of(content)),
        ("regression", regressions_of(content)),
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
    return caveats + _few_topics(content)


def _few_topics(content: ReportContent) -> list[Sentence]:
    """Return what chance does to correlations over the topics that the largest cell rests on."""
    people = {speakers_of(content, language.code) for language in content.languages}
    rows = [row for row in primary(content.alignment) if row["population"] in people]
    most = max(rows, key=lambda row: int(row["topics"]), default=None)
    topics = most["topics"] if most else 0
    if most is None or not 1 < topics < _FEW_TOPICS:
        return []
    chance = of("alignment", [most], "topics", "2 / sqrt(n - 1)")
    return [
        (
            "With ",
            Number(topics, source=of("alignment", [most], "topics")),
            f" topic{'s' * (topics > 1)}, chance alone moves a rank correlation over topics by "
            "about ±",
            Number(2 / math.sqrt(topics - 1), 1, chance),
            " (2/\u2060√(topics − 1)); smaller alignments and differences mean little.",
        )
    ]


def _used(content: ReportContent) -> list[Sentence]:
    rows = primary(content.quality)
    requests, used = sum(r["requests"] for r in rows), sum(r["used"] for r in rows)
    if not requests:
        return [("The run has no requests in its quality table.",)]

    def told(value: float, column: str, how: str = "sum", digits: int | None = None) -> Number:
        return Number(value, digits, of("quality", rows, column, how))

    sentence: Sentence = (
        told(used, "used"), " of ", told(requests, "requests"), " requests (",
        told(100 * used / requests, "used requests", "percent", 0),
        " %) ended in a response with a value polarity; the measures rest on these.",
    )  # fmt: skip
    flagged = [(flag, sum(r[flag] or 0 for r in rows)) for flag in _FLAGS]
    many = [(flag, n) for flag, n in flagged if n >= _WORTH_TELLING * requests]
    for i, (flag, n) in enumerate(many):
        begin = " Of all responses, " if i == 0 else ", "
        sentence += (begin, told(n, flag), f" {_FLAGS[flag]}")
    if many:
        sentence += (".",)
    poor = [
        f"{r['model']} in {language_name(content, r['language'])}"
        for r in rows
        if r["requests"] and r["used"] / r["requests"] < _HALF
    ]
    if poor:
        sentence += (f" Less than half could be used of {listed(poor)}.",)
    return [sentence]


def _alignment(content: ReportContent) -> list[Sentence]:
    cells = studied(content, alignment_with_speakers(content))
    what = "Alignment with the speakers of the prompt's language"
    sentences = range_of(content, cells, what, "alignment", chance=True)
    chance = against_chance(content)
    if not chance or not any(cell.value is not None for cell in cells):
        return sentences
    return [(*sentences[0], " ", *chance)]


def _consistency(content: ReportContent) -> list[Sentence]:
    cells = studied(content, self_consistency(content))
    return range_of(content, cells, "Self-consistency", "self-consistency", chance=False)
