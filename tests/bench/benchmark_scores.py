"""Scoring of one benchmark of 14,042 items in 42 languages, put to two models in two orders."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from culture_ray.benchmarks.design.answers import AnswerKind
from culture_ray.benchmarks.design.scores import Contrast, Scores, ScoreSpec
from culture_ray.benchmarks.rows import BenchmarkItem, RightAnswer
from culture_ray.benchmarks.scoring.answer_scores import AnswerReader
from culture_ray.benchmarks.scoring.benchmark_figures import benchmark_figures
from culture_ray.benchmarks.scoring.figure_table import figure_table
from culture_ray.benchmarks.scoring.matrix_of_scores import score_matrix
from culture_ray.benchmarks.scoring.score_table import score_table
from culture_ray.judging.vocabulary import vocabulary
from tests.bench.figure import Figure
from tests.bench.peak import peak_gib

ITEMS, LANGUAGES, MODELS, SUBJECTS = 14_042, 42, 2, 57
ORDERS = {"as_is": [0, 1, 2, 3], "reversed": [3, 2, 1, 0]}


def figures() -> Iterator[Figure]:
    """Yield wall time and peak memory from answers to the table of figures."""
    items = {f"l{place}": _items(f"l{place}") for place in range(LANGUAGES)}
    made = 0.0

    def tables() -> Iterator[pa.Table]:
        nonlocal made
        for model in range(MODELS):
            for language, own in items.items():
                start = time.perf_counter()
                answers = _answers(model, language, own)
                made += time.perf_counter() - start
                yield score_table(answers, {language: own}, {"plain": "answer"}, _reader)

    began = time.perf_counter()
    matrix = score_matrix(tables(), items, "option")
    scores = Scores(
        {"accuracy": ScoreSpec("accuracy", "accuracy", as_published=True)},
        by=("sensitivity", "subject"),
        contrasts=(Contrast("culture_gap", "CS", "CA", "sensitivity"),),
    )
    found = benchmark_figures(matrix, scores, rounds=1000, seed=0)
    rows = figure_table("global_mmlu", found.rows, orders=2).num_rows
    seconds = time.perf_counter() - began - made
    yield Figure("benchmark, 14,042 items x 42 languages x 2 models", seconds, "s", 30.0, "lower")
    yield Figure("benchmark, figures with intervals", rows, "figures")
    yield Figure("benchmark, peak memory", peak_gib(), "GiB", 4.0, "lower")


def _items(language: str) -> list[BenchmarkItem]:
    return [
        BenchmarkItem(
            id=f"q{i}",
            cluster=f"q{i}",
            language=language,
            text="",
            options=("a", "b", "c", "d"),
            answers=(RightAnswer("abcd"[i % 4], i % 4),),
            groups={"sensitivity": "CS" if i % 5 else "CA", "subject": str(i % SUBJECTS)},
        )
        for i in range(ITEMS)
    ]


def _answers(model: int, language: str, items: list[BenchmarkItem]) -> pa.Table:
    """Return answers by probability, drawn at random."""
    draws = np.random.default_rng([model, int(language[1:])])
    n = ITEMS * len(ORDERS)
    mass = draws.dirichlet(np.ones(4), n)
    options = [order for _ in items for order in ORDERS.values()]
    same = {
        "request_id": "r", "benchmark": "global_mmlu", "model": f"m{model}", "language": language,
        "condition": "plain", "step": "answer", "prompt_language": "en",
    }  # fmt: skip
    columns = {name: pa.array([value] * n) for name, value in same.items()}
    columns |= {name: pa.array(np.zeros(n, np.int32)) for name in ("part", "variant", "sample")}
    columns["item"] = pa.array([item.id for item in items for _ in ORDERS])
    columns["order"] = pa.array(list(ORDERS) * ITEMS)
    columns["text"] = pa.array(["A"] * n)
    columns["options"] = pa.array(options, pa.list_(pa.int32()))
    columns["probabilities"] = pa.array(list(mass), pa.list_(pa.float64()))
    return pa.table(columns)


def _reader(language: str) -> AnswerReader:
    return AnswerReader(AnswerKind("option"), language, vocabulary(()))
