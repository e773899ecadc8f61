"""Headline findings of a run as sentences that claim no more than its numbers show.

A difference is only reported as one if its 95 % interval excludes zero; without intervals, ranges
are described and nothing is compared. Caveats (few topics, weak models) come first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from culture_ray.measures.resampling.jackknife import FEWEST_FOR_CONSISTENCY
from culture_ray.report.cell_refs import cell_ref
from culture_ray.report.cell_values import (
    alignment_with_speakers,
    closeness,
    primary_rows,
    self_consistency,
    speakers_of,
    with_simultaneous_intervals,
)
from culture_ray.report.content import ReportContent
from culture_ray.report.findings.bayesian import bayesian_sentences
from culture_ray.report.findings.cells import (
    language_name,
    random_baseline_sentence,
    range_sentences,
    studied_cells,
    us_bias_sentences,
)
from culture_ray.report.findings.equivalence import equivalence_sentences
from culture_ray.report.findings.groups import group_sentences
from culture_ray.report.findings.label_corrected import label_corrected_sentences
from culture_ray.report.findings.measured_capability import measured_capability_sentences
from culture_ray.report.findings.outcomes import closeness_sentences, outcome_sentences
from culture_ray.report.findings.protocols import protocol_sentences
from culture_ray.report.findings.regressions import regression_sentences
from culture_ray.report.findings.sensitivity import (
    influence_sentences,
    item_sentences,
    suspect_sentences,
)
from culture_ray.report.findings.yardstick import countries_apart
from culture_ray.report.formatting import Number, Sentence, listed
from culture_ray.report.outcomes import asked_column, is_imported

_FEW_TOPICS = 30
_HALF = 0.5
_NOTABLE_SHARE = 0.05
_FLAGS = {
    "truncated": "were cut off at their token limit",
    "repetitive": "repeat themselves",
    "wrong_language": "are in a language other than the prompt's",
    "cut_thinking": "were cut off while the model was thinking",
}


@dataclass(frozen=True)
class Finding:
    """A headline sentence and its subject."""

    about: str
    """One of caveat, quality, alignment, closeness, groups, us_bias, consistency, protocol and
    regression."""
    sentence: Sentence
    detail: bool = False
    """True for a further regression, or a check of one: told with the regressions alone."""


def findings(content: ReportContent) -> list[Finding]:
    """Return the headline sentences of a run, caveats first."""
    if not content.has_study:
        return [Finding("caveat", sentence) for sentence in _caveats(content)]
    first, *further = regression_sentences(content) or [()]
    parts: list[tuple[str, list[Sentence]]] = [
        ("caveat", _caveats(content)),
        ("quality", _usage(content)),
        ("quality", suspect_sentences(content)),
        ("alignment", _alignment(content)),
        ("alignment", [yardstick] if (yardstick := countries_apart(content)) else []),
        ("closeness", _closeness(content)),
        ("groups", group_sentences(content)),
        ("us_bias", us_bias_sentences(content)),
        ("us_bias", label_corrected_sentences(content)),
        ("us_bias", equivalence_sentences(content)),
        ("consistency", _consistency(content)),
        ("protocol", protocol_sentences(content)),
        ("regression", [first] if first else []),
        ("regression", bayesian_sentences(content)),
        ("regression", measured_capability_sentences(content)),
        ("regression", closeness_sentences(content)),
    ]
    details = [
        *further,
        *outcome_sentences(content),
        *item_sentences(content),
        *influence_sentences(content),
    ]
    return [
        *(Finding(about, sentence) for about, sentences in parts for sentence in sentences),
        *(Finding("regression", sentence, detail=True) for sentence in details),
    ]


def _caveats(content: ReportContent) -> list[Sentence]:
    caveats: list[Sentence] = []
    weak = [m.name for m in content.studied if m.proves_path_only]
    if content.proves_path_only and weak:
        caveats.append(
            (
                "This run only shows that the pipeline works, from "
                f"{'survey items' if content.has_study else 'items'} to report. "
                f"{_too_weak(weak)}: read the results below as a test of the software, not as "
                "findings.",
            )
        )
    elif weak:
        caveats.append((f"{_too_weak(weak)}; their results only show that the pipeline works.",))
    return caveats + _few_topics(content)


def _too_weak(models: list[str]) -> str:
    verb = "is" if len(models) == 1 else "are"
    return f"{listed(models)} {verb} too weak to say anything about culture"


def _few_topics(content: ReportContent) -> list[Sentence]:
    """Return a caveat on rank correlations if even the largest cell has few topics."""
    people = {speakers_of(content, language.code) for language in content.languages}
    rows = [row for row in primary_rows(content.alignment) if row["population"] in people]
    most = max(rows, key=lambda row: int(row["topics"]), default=None)
    topics = most["topics"] if most else 0
    if most is None or not 1 < topics < _FEW_TOPICS:
        return []
    counted = Number(topics, source=cell_ref("alignment", [most], "topics"))
    chance = 2 / math.sqrt(topics - 1)
    if chance >= 1:
        return [("With ", counted, " topics, chance alone can produce any rank correlation.")]
    source = cell_ref("alignment", [most], "topics", "2 / sqrt(n - 1)")
    return [
        (
            "With ",
            counted,
            " topics, chance alone can produce rank correlations over topics of up to about ±",
            Number(chance, 1, source),
            " (2/√(topics − 1)); smaller alignments and differences mean little.",
        )
    ]


def _usage(content: ReportContent) -> list[Sentence]:
    rows = primary_rows(content.quality)
    asked = asked_column(rows)
    requests, used = sum(r[asked] for r in rows), sum(r["used"] for r in rows)
    if not requests:
        return [("The data quality table of this run lists no requests.",)]

    def linked(value: float, column: str, how: str = "sum", digits: int | None = None) -> Number:
        return Number(value, digits, cell_ref("quality", rows, column, how))

    if is_imported(content.quality):
        return [
            (
                "The run holds ", linked(used, "used"), " responses that were elicited and "
                "labelled elsewhere; how many others were refused, empty or failed is not known.",
            )
        ]  # fmt: skip
    sentence: Sentence = (
        linked(used, "used"), " of ", linked(requests, asked), f" {asked} (",
        linked(100 * used / requests, f"used {asked}", "percent", 0),
        " %) produced a usable response, one in which at least one opinion was judged pro or con; "
        "the measures use only these.",
    )  # fmt: skip
    flagged = [(flag, sum(r[flag] or 0 for r in rows)) for flag in _FLAGS]
    many = [(flag, n) for flag, n in flagged if n >= _NOTABLE_SHARE * requests]
    for i, (flag, n) in enumerate(many):
        begin = " Of all responses, " if i == 0 else " and " if i == len(many) - 1 else ", "
        sentence += (begin, linked(n, flag), f" {_FLAGS[flag]}")
    if many:
        sentence += (".",)
    poor = [
        f"{r['model']} in {language_name(content, r['language'])}"
        for r in rows
        if r["requests"] and r["used"] / r[asked] < _HALF
    ]
    if 1 < len(poor) == len(rows):
        sentence += (f" In every combination of model and language, fewer than half of the {asked} "
                     "could be used.",)  # fmt: skip
    elif poor:
        sentence += (f" Fewer than half of the {asked} could be used for {listed(poor)}.",)
    return [sentence]


def _alignment(content: ReportContent) -> list[Sentence]:
    studied = studied_cells(content, alignment_with_speakers(content))
    cells = with_simultaneous_intervals(content, studied, "alignment_language")
    what = "alignment with the speakers of the prompt's language"
    sentences = range_sentences(content, cells, what, "alignment", chance=True)
    chance = random_baseline_sentence(content)
    if not chance or not any(cell.value is not None for cell in cells):
        return sentences
    return [(*sentences[0], " ", *chance)]


def _closeness(content: ReportContent) -> list[Sentence]:
    """Return the sentence on closeness; none for a run in which no cell has it."""
    cells = studied_cells(content, closeness(content))
    if all(cell.value is None for cell in cells):
        return []
    what = (
        "closeness to the speakers' averages (1 − the mean absolute difference over topics, so "
        "that 0.01 is one percentage point; unlike a rank correlation, it depends on levels)"
    )
    return range_sentences(content, cells, what, "closeness", chance=False)


def _consistency(content: ReportContent) -> list[Sentence]:
    cells = studied_cells(content, self_consistency(content))
    sentences = range_sentences(
        content, cells, "self-consistency", "self-consistency", chance=False
    )
    aligned = studied_cells(content, alignment_with_speakers(content))
    with_alignment = {(c.model, c.language) for c in aligned if c.has_interval}
    lack = any(
        c.value is not None and not c.has_interval and (c.model, c.language) in with_alignment
        for c in cells
    )
    if not lack:
        return sentences
    few = f" No interval is given for fewer than {FEWEST_FOR_CONSISTENCY} topics."
    return [(*sentences[0], few), *sentences[1:]]
