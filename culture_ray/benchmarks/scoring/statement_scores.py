"""Scores of statements: by question, and by row beside what one constant answer would get."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from culture_ray.measures.result import BoolArray, FloatArray, IntArray, require


@dataclass(frozen=True, eq=False)
class StatementScores:
    """Scores of the statements of Q questions in some cells."""

    by_question: FloatArray
    """1 if every statement of the question is judged rightly, 0 if one is not or cannot be read,
    NaN if one was not answered; (Q, cells)."""
    by_row: FloatArray
    """1 for a statement judged rightly, 0 otherwise, NaN if not answered; (rows, cells)."""
    constant: float
    """Accuracy by row of the better of always True and always False; NaN without rows."""


def statement_scores(right: BoolArray, given: IntArray, question: IntArray) -> StatementScores:
    """Return the scores of statements.

    `right` (rows,) is True for a true statement; `given` (rows, cells) is 1 for true, 0 for false,
    -1 for an answer that cannot be read, -2 for none; `question` (rows,) is 0..Q-1. Three of four
    options are wrong, so that "False" throughout gets 75 % by row: only whole questions tell.
    """
    require(len(right) == len(given) == len(question), "rows do not match")
    by_row = np.where(given == -2, np.nan, given == right[:, None].astype(np.int64))
    questions = int(question.max(initial=-1)) + 1
    worst = np.full((questions, given.shape[1]), np.inf)
    np.minimum.at(worst, question, np.nan_to_num(by_row, nan=-np.inf))
    by_question = np.where(np.isinf(worst), np.nan, worst)
    true = float(np.mean(right)) if len(right) else float("nan")
    return StatementScores(by_question, by_row, max(true, 1 - true))
