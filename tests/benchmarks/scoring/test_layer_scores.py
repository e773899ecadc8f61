"""Readings of layers become figures of each layer, by words, with the layers that a model has."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from culture_ray.benchmarks.design.scores import Scores, ScoreSpec
from culture_ray.benchmarks.rows import BenchmarkItem
from culture_ray.benchmarks.scoring.benchmark_figures import benchmark_figures
from culture_ray.benchmarks.scoring.layer_scores import layer_category, layer_scores
from culture_ray.benchmarks.scoring.matrix_of_scores import score_matrix
from culture_ray.tables import SCORES

WORDS = ("own", "English")


def _scores(model: str, readings: list[list[list[float | None]] | None]) -> pa.Table:
    rows = [
        {"request_id": f"{model}{n}", "benchmark": "b", "model": model, "language": "da",
         "item": f"q{n}", "cluster": f"q{n}", "condition": "plain", "part": 0, "variant": 0,
         "order": "as_is", "sample": 0, "status": "scored" if one else "failed", "layers": one}
        for n, one in enumerate(readings)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=SCORES)


def test_answers_to_an_item_are_averaged_and_what_was_not_read_is_left_out() -> None:
    readings: list[list[list[float | None]] | None] = [
        [[0.1, 0.5], [0.3, None]], [[0.3, 0.7], [0.5, None]], None,
    ]  # fmt: skip
    found = layer_scores(_scores("m", readings), np.array([0, 0, 1]), WORDS, 2)
    assert list(found) == ["layers/own/1", "layers/own/2", "layers/English/1", "layers/English/2"]
    np.testing.assert_allclose(found["layers/own/1"], [0.2, np.nan])
    np.testing.assert_allclose(found["layers/English/2"], [np.nan, np.nan])
    assert layer_category("layers/English/2") == "English, layer 2"
    assert layer_category("accuracy") is None


def test_every_layer_is_a_figure_and_a_smaller_model_lacks_the_last_ones() -> None:
    small = [[[0.1, 0.4]] for _ in range(6)]
    large = [[[0.1, 0.4], [0.2 + n / 100, 0.1]] for n in range(6)]
    items = {"da": [BenchmarkItem(f"q{n}", f"q{n}", "da", "?") for n in range(6)]}
    tables = [_scores("small", small), _scores("large", large)]  # type: ignore[arg-type]
    matrix = score_matrix(tables, items, "layers", WORDS)
    scores = Scores({"words": ScoreSpec("words", "layers")})
    rows = benchmark_figures(matrix, scores, rounds=50, seed=0).rows
    values = {(row.model, row.category): row.value for row in rows}
    assert values["large", "own, layer 2"] == pytest.approx(0.225, abs=1e-6)
    assert values["small", "English, layer 1"] == pytest.approx(0.4, abs=1e-6)
    assert np.isnan(values["small", "own, layer 2"])
    by_key = {(row.model, row.category): row for row in rows}
    assert by_key["large", "own, layer 2"].ci_low < 0.225 < by_key["large", "own, layer 2"].ci_high


def test_layers_that_no_answer_was_read_in_are_no_figure() -> None:
    items = {"da": [BenchmarkItem("q0", "q0", "da", "?")]}
    matrix = score_matrix([_scores("m", [None])], items, "layers", WORDS)
    scores = Scores({"words": ScoreSpec("words", "layers")})
    assert benchmark_figures(matrix, scores, rounds=9, seed=0).rows == ()
