"""Ground truth from published distributions: the share of each option, by question and country."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from culture_ray.errors import BadTable
from culture_ray.survey.answer_distributions import AnswerDistribution
from culture_ray.survey.codes.countries import country_code
from culture_ray.survey.microdata.files.columns import TextFormat, read_columns
from culture_ray.survey.microdata.files.wanted import Wanted
from culture_ray.survey.microdata.notices import Notice
from culture_ray.survey.topics import Topic

TOLERANCE = 0.05
"""Deviation from 1 of shares that are taken as rounded."""


@dataclass(frozen=True)
class OptionQuestion:
    """Question of a topic: a pattern in its text, and the code on the scale of each option.

    `codes` are in the order of the options in the file, without those that are no answers.
    """

    topic: Topic
    pattern: str
    codes: tuple[int, ...]


@dataclass(frozen=True)
class OptionShares:
    """Mapping of a file with one row per question, whose shares are lists by name of a country."""

    name: str
    title: str
    source: str
    form: TextFormat
    question: str
    shares: str
    options: str
    recode: Mapping[str, str]
    """Code by name of a country, where the name in the file is another than usual."""
    not_answers: frozenset[str]
    """Options that are no answers, in small letters: don't know, refused."""
    questions: tuple[OptionQuestion, ...]

    @property
    def topics(self) -> tuple[Topic, ...]:
        """Return the topics whose questions are mapped."""
        return tuple(question.topic for question in self.questions)


def read_option_shares(
    paths: Sequence[Path], mapping: OptionShares
) -> tuple[tuple[str, ...], tuple[AnswerDistribution, ...], tuple[Notice, ...]]:
    """Return countries, the distribution of each topic that is in the file, and notices.

    Raises BadTable for a file of another kind, shares that do not add up, two questions of one
    topic, and no question at all.
    """
    shown = ", ".join(str(path) for path in paths)
    names = [mapping.question, mapping.shares, mapping.options]
    read = read_columns(paths, Wanted(names, title=mapping.title), mapping.form)
    texts, shares, options = (read.table.column(name).to_pylist() for name in names)
    rows = [(str(texts[row]), row) for row in range(len(texts)) if texts[row]]
    found: dict[str, dict[str, npt.NDArray[np.float64]]] = {}
    notices = list(read.notices)
    for question in mapping.questions:
        row = _row(shown, rows, question)
        if row is None:
            text = f"topic {question.topic.id} left out: no question like '{question.pattern}'"
            notices.append(Notice(text, 1))
            continue
        place = f"{shown}, data row {row + 1}"
        kept = _kept(place, _listed(place, options[row]), mapping, question)
        found[question.topic.id] = _by_country(place, _shares(place, shares[row]), kept, mapping)
    if not found:
        raise BadTable(f"{shown}: no question of a topic is there; {mapping.title} is needed")
    countries = tuple(sorted({country for each in found.values() for country in each}))
    topics = [question for question in mapping.questions if question.topic.id in found]
    return (
        countries,
        tuple(_distribution(q, found[q.topic.id], countries) for q in topics),
        tuple(notices),
    )


def _row(shown: str, rows: Sequence[tuple[str, int]], question: OptionQuestion) -> int | None:
    matches = [
        row for text, row in rows if re.search(question.pattern, text, re.IGNORECASE | re.DOTALL)
    ]
    if len(matches) > 1:
        listed = ", ".join(str(row + 1) for row in matches[:6])
        raise BadTable(
            f"{shown}: data rows {listed} all match the question of {question.topic.id}, "
            f"'{question.pattern}': make it match one of them in survey.topics.{question.topic.id}"
        )
    return matches[0] if matches else None


def _listed(place: str, text: object) -> list[str]:
    try:
        value = ast.literal_eval(str(text))
    except (ValueError, SyntaxError) as problem:
        raise BadTable(f"{place}: options are not a list: {str(text)[:80]!r}") from problem
    return [str(option).strip() for option in value]


def _shares(place: str, text: object) -> dict[str, list[float]]:
    braces = re.search(r"\{.*\}", str(text), re.DOTALL)
    try:
        value = ast.literal_eval(braces[0] if braces else "")
        return {
            str(name): [float(share) for share in listed]
            for name, listed in value.items()
        }  # fmt: skip
    except (ValueError, SyntaxError, TypeError, AttributeError) as problem:
        raise BadTable(f"{place}: shares are not lists by country: {str(text)[:80]!r}") from problem


def _kept(
    place: str, options: Sequence[str], mapping: OptionShares, question: OptionQuestion
) -> list[int]:
    """Return the positions of the options that are answers."""
    kept = [nth for nth, text in enumerate(options) if text.lower() not in mapping.not_answers]
    if len(kept) != len(question.codes):
        answers = ", ".join(options[nth] for nth in kept)
        raise BadTable(
            f"{place}: {len(kept)} options are answers ({answers}), and {question.topic.id} has "
            f"{len(question.codes)}: correct survey.topics.{question.topic.id}, or name the "
            "options that are no answers in survey.not_answers"
        )
    return kept


def _by_country(
    place: str,
    shares: Mapping[str, Sequence[float]],
    kept: Sequence[int],
    mapping: OptionShares,
) -> dict[str, npt.NDArray[np.float64]]:
    found = {}
    for name, listed in shares.items():
        values = np.array(listed, dtype=np.float64)
        if len(values) <= max(kept) or (values < 0).any() or not np.isfinite(values).all():
            raise BadTable(f"{place}: {name} has {len(values)} shares, not one for each option")
        total = values.sum()
        whole = 100.0 if total > 2 else 1.0
        if abs(total / whole - 1) > TOLERANCE:
            raise BadTable(f"{place}: the shares of {name} add up to {total:.4g}, not to 1")
        answers = values[list(kept)]
        if answers.sum() <= 0:
            continue
        code = mapping.recode.get(name) or country_code(name) or name
        if code in found:
            raise BadTable(f"{place}: {name} and another name are both {code}: survey.recode")
        found[code] = answers / answers.sum()
    return found


def _distribution(
    question: OptionQuestion,
    found: Mapping[str, npt.NDArray[np.float64]],
    countries: Sequence[str],
) -> AnswerDistribution:
    answers = question.topic.scale.answers
    places = [answers.index(code) for code in question.codes]
    share = np.full((len(countries), len(answers)), np.nan)
    for row, country in enumerate(countries):
        if country in found:
            share[row] = 0.0
            np.add.at(share[row], places, found[country])
    return of_shares(question.topic.id, answers, share)


def of_shares(
    topic: str, answers: tuple[int, ...], share: npt.NDArray[np.float64]
) -> AnswerDistribution:
    """Return a distribution of which only the shares (P, K) are known."""
    values = np.array(answers, dtype=np.float64)
    mean = share @ values
    unknown, blank = np.full(share.shape, np.nan), np.full(len(share), np.nan)
    return AnswerDistribution(
        topic=topic,
        answers=answers,
        share=share,
        std_error=unknown,
        n=unknown,
        halves=np.stack([unknown, unknown]),
        mean=mean,
        mean_error=blank,
        spread=np.sqrt((share * (values - mean[:, None]) ** 2).sum(axis=1)),
        spread_error=blank,
    )
