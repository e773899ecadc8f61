"""Figures of a benchmark's file, from answers to the table of figures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from culture_ray.benchmarks.design.answers import AnswerKind
from culture_ray.benchmarks.design.scores import Contrast, Scores, ScoreSpec
from culture_ray.benchmarks.rows import BenchmarkItem, RightAnswer
from culture_ray.benchmarks.scoring.answer_scores import AnswerReader
from culture_ray.benchmarks.scoring.benchmark_figures import benchmark_figures
from culture_ray.benchmarks.scoring.figure_plan import FigureRow
from culture_ray.benchmarks.scoring.figure_table import figure_table
from culture_ray.benchmarks.scoring.matrix_of_scores import score_matrix
from culture_ray.benchmarks.scoring.score_matrix import ScoreCell, ScoreMatrix
from culture_ray.benchmarks.scoring.score_table import score_table
from culture_ray.judging.vocabulary import vocabulary
from culture_ray.prompts.phrases import Phrases

OPTIONS = ("red", "green", "blue")
WORDS = vocabulary((Phrases(refusals=("i cannot",)),))


def _items(languages: tuple[str, ...], count: int) -> dict[str, list[BenchmarkItem]]:
    return {
        language: [
            BenchmarkItem(
                id=f"q{i}",
                cluster=f"q{i // 2}",
                language=language,
                text="Which colour?",
                options=OPTIONS,
                answers=(RightAnswer(OPTIONS[i % 3], i % 3),),
                groups={"kind": "CS" if i < count // 2 else "CA"},
            )
            for i in range(count)
        ]
        for language in languages
    }


def _answer(item: str, **changed: Any) -> dict[str, Any]:
    return {
        "request_id": "r", "benchmark": "colours", "model": "m", "language": "en", "item": item,
        "condition": "plain", "step": "answer", "part": 0, "variant": 0, "order": "as_is",
        "sample": 0, "prompt_language": "en",
        "text": None, "options": [0, 1, 2], "probabilities": None,
    } | changed  # fmt: skip


def _scores(
    answers: list[dict[str, Any]], items: dict[str, list[BenchmarkItem]], kind: str = "option"
) -> pa.Table:
    types = {
        "options": pa.list_(pa.int32()), "probabilities": pa.list_(pa.float64()),
        "part": pa.int32(), "variant": pa.int32(), "sample": pa.int32(),
    }  # fmt: skip
    names = list(answers[0])
    schema = pa.schema([(name, types.get(name, pa.string())) for name in names])
    table = pa.Table.from_pylist(answers, schema=schema)
    own = AnswerKind(kind)
    return score_table(
        table, items, {"plain": "answer"}, lambda language: AnswerReader(own, language, WORDS)
    )


def test_an_order_of_options_alone_names_letters_and_both_together_the_option() -> None:
    items = _items(("en",), 12)
    answers = []
    for i in range(12):
        right = i % 3
        for order, options in (("as_is", [0, 1, 2]), ("reversed", [2, 1, 0])):
            liking = [0.5, 0.3, 0.2]  # of the first place
            mass = [liking[p] + 0.25 * (option == right) for p, option in enumerate(options)]
            answers.append(_answer(f"q{i}", order=order, options=options, probabilities=mass))
    matrix = score_matrix([_scores(answers, items)], items, "option")
    assert matrix.scores["accuracy_as_published"].mean() < 0.7
    assert matrix.scores["accuracy"].mean() == 1


def test_answers_that_cannot_be_read_are_wrong_and_failures_are_left_out() -> None:
    items = _items(("en",), 4)
    texts = ["A", "I cannot answer.", "A or B", None]
    answers = [_answer(f"q{i}", text=text) for i, text in enumerate(texts)]
    table = _scores(answers, items)
    assert table.column("status").to_pylist() == ["scored", "refusal", "unparsable", "failed"]
    assert table.column("score").to_pylist() == [1.0, None, None, None]
    matrix = score_matrix([table], items, "option")
    np.testing.assert_array_equal(matrix.scores["accuracy"][:, 0], [1, 0, 0, np.nan])


def test_a_chain_whose_last_step_has_no_answer_yet_has_no_figures() -> None:
    items = _items(("en",), 4)
    table = _scores([_answer("q0", step="views", text="A view.")], items)
    matrix = score_matrix([table], items, "option")
    scores = Scores({"accuracy": ScoreSpec("accuracy", "accuracy")}, by=("kind",))
    found = benchmark_figures(matrix, scores, rounds=9, seed=0, keep=[("accuracy", {})])
    assert found.rows == found.kept == ()
    assert found.rounds.shape == (9, 0)


def test_macro_f1_takes_the_right_answer_of_each_language() -> None:
    items = _items(("en", "da"), 6)
    danish = {"red": "rød", "green": "grøn", "blue": "blå"}
    items["da"] = [
        replace(
            item,
            options=tuple(danish[option] for option in item.options),
            answers=tuple(replace(one, text=danish[one.text]) for one in item.answers),
        )
        for item in items["da"]
    ]
    tables = [
        _scores([_answer(f"q{i}", language=code, text="ABC"[i % 3]) for i in range(6)], items)
        for code in ("en", "da")
    ]
    matrix = score_matrix(tables, items, "option")
    spec = {"macro_f1": ScoreSpec("macro_f1", "macro_f1")}
    rows = benchmark_figures(matrix, Scores(spec), rounds=50, seed=0).rows
    assert {row.language: row.value for row in rows} == {"en": 1.0, "da": 1.0, None: 1.0}


def test_earlier_steps_are_not_scored() -> None:
    items = _items(("en",), 2)
    answers = [_answer("q0", step="views", text="B"), _answer("q0", text="A")]
    assert _scores(answers, items).column("score").to_pylist() == [1.0]


def test_a_statement_is_scored_by_question_beside_statement_by_statement() -> None:
    items = _items(("en",), 2)
    always_false = [
        _answer(f"q{i}", part=part, text="False", options=None)
        for i in range(2)
        for part in range(3)
    ]
    matrix = score_matrix([_scores(always_false, items, "statement")], items, "statement")
    assert matrix.scores["accuracy"].tolist() == [[0.0], [0.0]]
    np.testing.assert_allclose(matrix.scores["accuracy_as_published"], 2 / 3)


def _figures(**scores: Any) -> list[FigureRow]:
    draws = np.random.default_rng(0)
    languages = ("da", "en", "nl")
    cells = tuple(ScoreCell("m", language, "plain") for language in languages)
    values = (draws.random((60, 3)) < 0.6).astype(np.float32)
    matrix = ScoreMatrix(
        tuple(f"q{i}" for i in range(60)),
        tuple(f"q{i}" for i in range(60)),
        {"kind": ("CS",) * 30 + ("CA",) * 30},
        cells,
        {"accuracy": values},
    )
    spec = {"accuracy": ScoreSpec("accuracy", "accuracy")}
    return list(benchmark_figures(matrix, Scores(spec, **scores), rounds=100, seed=0).rows)


def test_every_cell_group_and_mean_over_languages_is_a_figure() -> None:
    rows = _figures(by=("kind",))
    keys = {(row.language, row.group) for row in rows}
    assert keys == {(a, b) for a in ("da", "en", "nl", None) for b in ("CS", "CA", None)}
    by_key = {(row.language, row.group): row for row in rows}
    mean = np.mean([by_key[language, "CS"].value for language in ("da", "en", "nl")])
    assert by_key[None, "CS"].value == pytest.approx(mean)
    assert by_key["da", "CS"].clusters == 30


def test_a_contrast_of_groups_is_the_difference_of_their_figures() -> None:
    contrast = Contrast("culture_gap", "CS", "CA", "kind")
    rows = {(row.language, row.group): row for row in _figures(by=("kind",), contrasts=(contrast,))}
    gap = rows[None, "CS - CA"]
    assert gap.contrast == "culture_gap"
    assert gap.value == pytest.approx(rows[None, "CS"].value - rows[None, "CA"].value)
    assert gap.ci_low < gap.value < gap.ci_high


def test_a_contrast_of_languages_is_paired_by_item() -> None:
    contrast = Contrast("english", "en", "da", "language")
    [row] = [row for row in _figures(contrasts=(contrast,)) if row.contrast]
    assert (row.language, row.clusters) == ("en - da", 60)


def test_the_table_counts_what_became_of_the_answers_and_says_why_there_is_no_error() -> None:
    items = _items(("en",), 12)
    texts = ["A or B"] + ["I cannot tell."] + ["A"] * 9 + [None]
    answers = [_answer(f"q{i}", text=text) for i, text in enumerate(texts)]
    matrix = score_matrix([_scores(answers, items)], items, "option")
    spec = {"accuracy": ScoreSpec("accuracy", "accuracy")}
    found = benchmark_figures(matrix, Scores(spec), rounds=50, seed=0)
    [row] = figure_table("colours", found.rows).to_pylist()
    assert (row["answers"], row["unparsable"], row["refusals"], row["failed"]) == (12, 1, 1, 1)
    assert row["items"] == 11
    few = benchmark_figures(matrix, Scores(spec, by=("kind",)), rounds=50, seed=0)
    notes = [r["note"] for r in figure_table("colours", few.rows).to_pylist() if r["group"]]
    assert notes == ["fewer than 5 item clusters: no interval"] * 2


def test_the_best_language_is_given_cross_fitted_beside_the_published_way() -> None:
    draws = np.random.default_rng(0)
    cells = tuple(ScoreCell("m", language, "plain") for language in "abcdef")
    groups = {"topic": tuple(str(i % 8) for i in range(160))}
    names = tuple(f"q{i}" for i in range(160))
    values = (draws.random((160, 6)) < 0.5).astype(np.float32)
    matrix = ScoreMatrix(names, names, groups, cells, {"accuracy": values})
    spec = ScoreSpec("best", "best_group", of="topic", as_published=True)
    rows = benchmark_figures(matrix, Scores({"best": spec}), rounds=50, seed=0).rows
    by_variant = {row.variant: row for row in rows}
    assert by_variant["as_published"].value > 0.1
    assert by_variant["valid"].ci_low < 0 < by_variant["valid"].ci_high


def test_an_answer_in_words_is_read_in_the_order_in_which_options_were_put() -> None:
    items = _items(("en",), 2)
    answers = [
        _answer("q0", text="C", options=None, order="reversed"),
        _answer("q1", text="C", options=None),
    ]
    table = _scores(answers, items)
    assert table.column("answer").to_pylist() == ["red", "blue"]
    assert table.column("score").to_pylist() == [1.0, 0.0]
