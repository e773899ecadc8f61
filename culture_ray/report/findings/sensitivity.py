"""Sentences on how far findings depend on assumptions about items, single parts, and wordings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from culture_ray.report.cell_values import Row, as_float
from culture_ray.report.coefficient_names import coefficient_name
from culture_ray.report.content import ReportContent
from culture_ray.report.formatting import Sentence, counted, listed, shown

_ITEMS = {
    "random_topics": "topics as a sample of topics",
    "random_batteries": "batteries of topics as the sample",
    "fixed_topics": "these topics alone",
    "fixed_topics_surveyed": "these topics alone and the sampling error of the surveys",
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
    return [_influence(term, [r for r in rows if r["term"] == term], names) for term in terms]


def suspect_sentences(content: ReportContent) -> list[Sentence]:
    """Return a sentence on the topics that behave unlike the others in a language, if any do."""
    suspects = [row for row in _rows(content.item_functioning) if row["suspect"]]
    if not suspects:
        return []
    names, labels = _language_names(content), {topic.id: topic.label for topic in content.topics}
    shown_ones = [
        f"{row['topic']} ({labels.get(row['topic'], '')}) in "
        f"{names.get(row['language'], row['language'])} ({_signed(row['residual'])})"
        for row in suspects[:_MOST_SUSPECTS]
    ]
    more = len(suspects) - len(shown_ones)
    rest = f" and {more} more" if more else ""
    return [
        (
            f"{counted(len(suspects), 'wording')} {'behaves' if len(suspects) == 1 else 'behave'} "
            f"unlike the others (models against the language's speakers, in value polarity beyond "
            f"what the topic and the language have elsewhere): {listed(shown_ones)}{rest}. Read "
            f"their texts before the results on them are believed.",
        )
    ]


def _told(term: str) -> bool:
    return term == _MEAN_BIAS or term.startswith(_SLOPE)


def _intervals(term: str, rows: Sequence[Row], names: Mapping[str, str]) -> Sentence:
    known = [row for row in rows if as_float(row["ci_low"]) is not None]
    if not known:
        return ()
    parts = [
        f"{_signed(row['ci_low'])} to {_signed(row['ci_high'])} with {_ITEMS[row['items']]}"
        for row in known
    ]
    return (f"95 % interval of {_name(term, names)}: {'; '.join(parts)}.",)


def _influence(term: str, rows: Sequence[Row], names: Mapping[str, str]) -> Sentence:
    parts = []
    for kind in ("topic", "model", "language"):
        of_kind = [row for row in rows if row["left_out"] == kind]
        if of_kind:
            most = max(of_kind, key=lambda row: abs(row["change_in_std_errors"]))
            name = names.get(most["name"], most["name"]) if kind == "language" else most["name"]
            parts.append(
                f"to {_signed(most['without'])} without the {kind} {name} "
                f"({shown(abs(most['change_in_std_errors']), 1)} standard errors)"
            )
    estimate = _signed(rows[0]["estimate"])
    return (
        f"The {_name(term, names)} of {estimate} changes most, by what is left out: "
        f"{'; '.join(parts)}.",
    )


def _name(term: str, names: Mapping[str, str]) -> str:
    if term == _MEAN_BIAS:
        return "mean US bias"
    return f"slope of {coefficient_name(term).text(names)}"


def _signed(value: float) -> str:
    text = shown(float(value), 2)
    return text if text.startswith("−") else f"+{text}"


def _rows(table: pa.Table | None) -> Sequence[Row]:
    return [] if table is None else table.to_pylist()


def _language_names(content: ReportContent) -> Mapping[str, str]:
    return {language.code: language.name for language in content.languages}
