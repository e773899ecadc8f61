"""Sentences on how far findings depend on assumptions about items, single parts, and wordings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from culture_ray.report.cell_refs import cell_ref, numbered_rows
from culture_ray.report.cell_values import Row, as_float
from culture_ray.report.coefficient_names import coefficient_name
from culture_ray.report.content import ReportContent
from culture_ray.report.formatting import Number, Sentence

_ITEMS = {
    "random_topics": "treating the topics as a sample from a larger set",
    "random_batteries": "treating batteries of topics as the sample",
    "fixed_topics": "for these topics only",
    "fixed_topics_surveyed": "for these topics only, with the surveys’ sampling error",
}
"""Assumption in item_assumptions.csv -> what its intervals hold for."""

_MEAN_BIAS = "us_minus_native"
_SLOPE = "capability_within"
_MOST_SUSPECTS = 6


def item_sentences(content: ReportContent) -> list[Sentence]:
    """Return a sentence on mean US bias and each slope: its interval under every assumption."""
    rows = _rows(content.item_assumptions)
    names = _language_names(content)
    terms = dict.fromkeys(row["term"] for row in rows if _told(row["term"]))
    sentences = (_intervals(term, [r for r in rows if r["term"] == term], names) for term in terms)
    return [sentence for sentence in sentences if sentence]


def influence_sentences(content: ReportContent) -> list[Sentence]:
    """Return a sentence on mean US bias and each slope: what moves it most when left out."""
    rows = [row for row in _rows(content.influence) if row["change_in_std_errors"] is not None]
    names = _language_names(content)
    terms = dict.fromkeys(row["term"] for row in rows if _told(row["term"]))
    labels = {topic.id: topic.label for topic in content.topics}
    shown_names = {"topic": labels, "language": names, "model": {}}
    return [
        _influence(term, [r for r in rows if r["term"] == term], names, shown_names)
        for term in terms
    ]


def suspect_sentences(content: ReportContent) -> list[Sentence]:
    """Return a sentence on the topics that behave unlike the others in a language, if any do."""
    suspects = [row for row in _rows(content.item_functioning) if row["suspect"]]
    if not suspects:
        return []
    names, labels = _language_names(content), {topic.id: topic.label for topic in content.topics}
    told: list[str | Number] = []
    for row in suspects[:_MOST_SUSPECTS]:
        place = names.get(row["language"], row["language"])
        label = labels.get(row["topic"], row["topic"])
        told += [f"{label} ({row['topic'].upper()}) in {place} ("]
        told += [*_signed("item_functioning", row, "residual"), "), "]
    told[-1] = ")"
    more = len(suspects) > _MOST_SUSPECTS
    number = Number(len(suspects), 0, cell_ref("item_functioning", suspects, "suspect", "rows"))
    return [
        (
            "For ",
            number,
            f" wording{'s' * (len(suspects) > 1)}, models and speakers are further apart in value "
            "polarity than the topic and the language explain"
            f"{', among them ' if more else ': '}",
            *told,
            f". Check {'these texts' if len(suspects) > 1 else 'its text'} before relying on the "
            f"results.",
        )
    ]


def _told(term: str) -> bool:
    return term == _MEAN_BIAS or term.startswith(_SLOPE)


def _intervals(term: str, rows: Sequence[Row], names: Mapping[str, str]) -> Sentence:
    known = [row for row in rows if as_float(row["ci_low"]) is not None]
    if not known:
        return ()
    parts: list[str | Number] = [f"95 % interval of {_name(term, names)}: "]
    for row in known:
        low, high = (_signed("item_assumptions", row, column) for column in ("ci_low", "ci_high"))
        parts += [*low, " to ", *high, f" {_ITEMS[row['items']]}", "; "]
    return (*parts[:-1], ".")


def _influence(
    term: str,
    rows: Sequence[Row],
    names: Mapping[str, str],
    shown_names: Mapping[str, Mapping[str, str]],
) -> Sentence:
    figure = _name(term, names)
    parts: list[str | Number] = [f"Leaving out one part of the run at a time, the {figure} of "]
    parts += [*_signed("influence", rows[0], "estimate"), " changes most: "]
    for kind in ("topic", "model", "language"):
        of_kind = [row for row in rows if row["left_out"] == kind]
        if of_kind:
            most = max(of_kind, key=lambda row: abs(row["change_in_std_errors"]))
            name = shown_names[kind].get(most["name"], most["name"])
            moved = _signed("influence", most, "change_in_std_errors", 1)
            parts += [
                "to ",
                *_signed("influence", most, "without"),
                f" without the {kind} {name} (",
            ]
            parts += [*moved, " standard errors)", "; "]
    return (*parts[:-1], ".")


def _name(term: str, names: Mapping[str, str]) -> str:
    if term == _MEAN_BIAS:
        return "mean US bias"
    return f"slope of {coefficient_name(term).text(names)}"


def _signed(table: str, row: Row, column: str, digits: int = 2) -> Sentence:
    number = Number(row[column], digits, cell_ref(table, [row], column))
    return ("" if str(number).startswith("−") else "+", number)


def _rows(table: pa.Table | None) -> Sequence[Row]:
    return [] if table is None else numbered_rows(table)


def _language_names(content: ReportContent) -> Mapping[str, str]:
    return {language.code: language.name for language in content.languages}
