"""Answers of respondents as codes on the scales of topics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from culture_ray.errors import BadTable
from culture_ray.survey.microdata.files.numbers import numbers
from culture_ray.survey.microdata.files.wanted import DataColumns
from culture_ray.survey.microdata.mapping import Question, SurveyMapping, plain_label
from culture_ray.survey.microdata.notices import Notice, noticed
from culture_ray.survey.microdata.recode import NO_ANSWER, Codes, unexpected_codes

Answers = Mapping[str, Codes]


def topics_in(
    read: DataColumns, mapping: SurveyMapping, shown: str
) -> tuple[tuple[Question, ...], list[Notice]]:
    """Return the questions whose column was read, and notices on the others.

    Raises BadTable if the file has none of them.
    """
    there = tuple(q for q in mapping.questions if q.column in read.table.column_names)
    absent = [q for q in mapping.questions if q.column in read.absent]
    if not there:
        columns = ", ".join(question.column for question in absent[:8])
        raise BadTable(
            f"{shown}: no column {columns} with answers to a topic; {mapping.title} is needed"
        )
    # Columns of almost the same name first: these may be meant.
    absent.sort(key=lambda q: not any(n.startswith(q.column) for n in read.absent[q.column]))
    asked = {question.topic.id for question in there}
    parts = [question for question in absent if question.topic.id in asked]
    absent = [question for question in absent if question.topic.id not in asked]
    texts = {
        "topics left out, as the file lacks their columns": absent,
        "topics with answers from their other columns, as the file lacks these": parts,
    }
    return there, [Notice(_listed(text, of, read), len(of)) for text, of in texts.items() if of]


def _listed(text: str, questions: Sequence[Question], read: DataColumns) -> str:
    named = [_left_out(question, read.absent[question.column]) for question in questions]
    return f"{text}: {', '.join(named[:_SHOWN])}{', ...' if len(named) > _SHOWN else ''}"


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
    answers: dict[str, Codes] = {}
    notices = []
    for question in questions:
        codes, told = _checked(shown, question, _codes(shown, table, question), drop_unexpected)
        notices += told
        earlier = answers.get(question.topic.id)
        if earlier is not None:
            notices += _answered_twice(question, earlier, codes)
            codes = np.where(_given(question, earlier), earlier, codes)
        answers[question.topic.id] = codes
    return answers, notices


def _given(question: Question, codes: Codes) -> npt.NDArray[np.bool_]:
    return np.isin(codes, question.topic.scale.answers)


def _answered_twice(question: Question, earlier: Codes, codes: Codes) -> list[Notice]:
    both = _given(question, earlier) & _given(question, codes)
    topic, column = question.topic.id, question.column
    return noticed(f"respondents with several answers to {topic}, {column} not counted", both)


def _codes(shown: str, table: pa.Table, question: Question) -> Codes:
    column = table.column(question.column).combine_chunks()
    named, of_label = _labelled(column, question.labels)
    rest = pc.if_else(pa.array(named), pa.scalar(None, column.type), column)
    expected = (
        "export the file with codes, not with value labels, or name the code of each label in "
        f"recode of {question.topic.id} (conf/survey)"
    )
    values = numbers(shown, question.column, rest, expected)
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
    return np.where(named, of_label, coded)


def _labelled(column: pa.Array[Any], labels: Mapping[str, int]) -> tuple[Any, Codes]:
    """Return True for answers (N,) that are among `labels`, and the codes (N,) of these."""
    if not labels or not pa.types.is_string(column.type):
        return np.zeros(len(column), dtype=bool), np.zeros(len(column), dtype=np.int16)
    encoded = column.dictionary_encode()
    found = [labels.get(plain_label(str(text))) for text in encoded.dictionary.to_pylist()]
    # The last entry is for rows without a text.
    code = np.array([*(one or 0 for one in found), 0], dtype=np.int16)
    named = np.array([*(one is not None for one in found), False])
    index = encoded.indices.fill_null(len(found)).to_numpy()
    return named[index], code[index]


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
            f"{told}; name codes that are no answers in missing_codes (conf/survey), correct the "
            "scale in conf/topics, leave the topic out with topics.only, or count these as no "
            "answer with drop_unexpected=true"
        )
    text = f"answers to {question.topic.id} outside its {scale.points} points, dropped: {told}"
    kept = codes.copy()
    kept[np.isin(codes, list(outside))] = NO_ANSWER
    return kept, [Notice(text, sum(outside.values()))]
