"""Statements of a question are right together or not at all."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.benchmarks.scoring.statement_scores import statement_scores

QUESTION = np.repeat(np.arange(5), 4)
RIGHT = np.tile([True, False, False, False], 5)


def test_always_false_gets_nothing_by_question_and_three_quarters_by_row() -> None:
    scores = statement_scores(RIGHT, np.zeros((20, 1), np.int64), QUESTION)
    assert scores.by_question.mean() == 0
    assert scores.by_row.mean() == 0.75
    assert scores.constant == 0.75


def test_a_question_is_right_only_if_every_statement_is() -> None:
    answers = RIGHT.astype(np.int64)[:, None].copy()
    answers[5] = 1 - answers[5]
    answers[8] = -1
    answers[12] = -2
    scores = statement_scores(RIGHT, answers, QUESTION)
    np.testing.assert_array_equal(scores.by_question[:, 0], [1, 0, 0, np.nan, 1])
    np.testing.assert_array_equal(scores.by_row[[5, 8, 12], 0], [0, 0, np.nan])


@given(st.integers(0, 1))
def test_one_constant_answer_never_gets_a_question_with_both_kinds(answer: int) -> None:
    scores = statement_scores(RIGHT, np.full((20, 3), answer), QUESTION)
    assert (scores.by_question == 0).all()
