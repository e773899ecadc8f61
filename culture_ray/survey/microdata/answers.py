"""Answers of respondents as codes on the scales of topics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from culture_ray.errors import BadTable
from culture_ray.survey.microdata.files.wanted import DataColumns
from culture_ray.survey.microdata.mapping import Question, SurveyMapping
from culture_ray.survey.microdata.notices import Notice
from culture_ray.survey.microdata.numbers import numbers
from culture_ray.survey.microdata.recode import NO_ANSWER, Codes, unexpected_codes

Answers = Mapping[str, Codes]


def topics_in(
    read: DataColumns, mapping: SurveyMapping, shown: str
) -> tuple[tuple[Question, ...], list[Notice]]:
    """Return the questions whose column was read, and a notice on the others.

    Raises BadTable if the file has none of them.
    """
    there = tuple(q for q in mapping.questions if q.column in read.table.column_names)
    absent = [q for q in mapping.questions if q.column in read.absent]
    if not there:
        columns = ", ".join(question.column for question in absent[:8])
        raise BadTable(
            f"{shown}: no column {columns} with answers to a topic; {mapping.title} is needed"
        )
    if not absent:
        return there, []
    # Columns of almost the same name first: these may be meant.
    absent.sort(key=lambda q: not any(n.startswith(q.column) for n in read.absent[q.column]))
    named = [_left_out(question, read.absent[question.column]) for question in absent]
    told = ", ".join(named[:_SHOWN])
    more = ", ..." if len(absent) > _SHOWN else ""
    text = f"topics left out, as the file lacks their columns: {told}{more}"
    return there, [Notice(text, len(absent))]


_SHOWN = 8
"""Number of absent columns that are named."""


def _left_out(question: Question, near: Sequence[str]) -> str:
    hint = f", nearest {' or '.join(near)}" if near else ""
    return f"{question.topic.id} ({question.column}{hint})"


def read_answers(
    shown: str, table: pa.Table, questions: Sequence[Question], drop_unexpected: bool
) -> tuple[dict[str, Codes], list[Notice]]:
    """Return the codes (N,) of the answers by topic id, on the topic's scale, and notices.

    Raises BadTable for what is not a code, and for codes outside the scale unless they are to be
    dropped.
    """
    answers, notices = {}, []
    for question in questions:
        codes = _codes(shown, table, question)
        answers[question.topic.id], told = _checked(shown, question, codes, drop_unexpected)
        notices += told
    return answers, notices


def _codes(shown: str, table: pa.Table, question: Question) -> Codes:
    values = numbers(shown, table, question.column)
    values[np.isnan(values)] = NO_ANSWER
    broken = values[(np.abs(values) > np.iinfo(np.int16).max + 1) | (values % 1 != 0)]
    if broken.size:
        raise BadTable(
            f"{shown}: column {question.column} holds {broken[0]}, which is not an answer code"
        )
    codes = values.astype(np.int16)
    coded = codes.copy()
    for code, target in question.recode.items():
        coded[codes == code] = target
    coded[np.isin(codes, list(question.missing))] = NO_ANSWER
    return coded


def _checked(
    shown: str, question: Question, codes: Codes, drop_unexpected: bool
) -> tuple[Codes, list[Notice]]:
    scale = question.topic.scale
    outside = unexpected_codes(scale, codes)
    if not outside:
        return codes, []
    told = ", ".join(f"{code} ({count} times)" for code, count in outside.items())
    if not drop_unexpected:
        raise BadTable(
            f"{shown}: column {question.column} holds codes outside its {scale.points} points: "
            f"{told}; correct the scale in conf/topics, leave the topic out with topics.only, or "
            "count these as no answer with drop_unexpected=true"
        )
    text = f"answers to {question.topic.id} outside its {scale.points} points, dropped: {told}"
    kept = codes.copy()
    kept[np.isin(codes, list(outside))] = NO_ANSWER
    return kept, [Notice(text, sum(outside.values()))]
