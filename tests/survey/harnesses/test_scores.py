"""Scores of several results: the latest, the common ones, their metrics and their mean."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.survey.harnesses.scores import (
    Score,
    common_scores,
    latest_scores,
    mean_scores,
    mixed_settings,
    same_metrics,
)
from tests.survey.harnesses.layouts import own_layout, read_euroeval


def score(model: str, benchmark: str, value: float = 0.5, **more: Any) -> Score:
    given = {"std_error": 0.1, "harness": "h", "metric": "f1", "setting": "few-shot"} | more
    return Score(model, given.pop("language", "da"), benchmark, value, **given)


def test_the_test_split_stands_before_the_validation_split_and_the_latest_of_each() -> None:
    kept, notes = latest_scores(
        [
            score("a", "x", 0.1, rank=(1.0, 1.0)),
            score("a", "x", 0.2, rank=(1.0, 2.0)),
            score("a", "x", 0.9, rank=(0.0, 3.0)),
            score("b", "x", 0.3, rank=(1.0, 0.0)),
        ]
    )
    assert [(one.model, one.score) for one in kept] == [("a", 0.2), ("b", 0.3)]
    assert "1 benchmark has several results, such as a da x" in notes[0]


def test_only_benchmarks_of_every_model_are_kept_and_the_others_named() -> None:
    kept, notes = common_scores([score("a", "x"), score("b", "x"), score("a", "y"),
                          score("a", "z", language="en")])  # fmt: skip
    assert [(one.model, one.benchmark) for one in kept] == [("a", "x"), ("b", "x"), ("a", "z")]
    assert notes == [
        "left out in da, because not every model has it: y (b lacks it). common=false keeps all"
    ]


def test_benchmarks_asked_in_different_ways_are_named() -> None:
    (told,) = mixed_settings([score("a", "x"), score("b", "x", setting="zero-shot")])
    assert told.endswith("da x (few-shot: a; zero-shot: b)")
    assert not mixed_settings([score("a", "x"), score("b", "x")])


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 0.2)), min_size=1, max_size=8))
def test_capability_is_the_mean_and_its_error_that_of_a_mean_of_independent_ones(
    values: list[tuple[float, float]],
) -> None:
    scores = [score("a", f"b{n}", v, std_error=e) for n, (v, e) in enumerate(values)]
    (one,) = mean_scores(scores)
    assert one.capability == pytest.approx(sum(v for v, _ in values) / len(values))
    assert one.std_error == pytest.approx(sum(e**2 for _, e in values) ** 0.5 / len(values))
    (lacking,) = mean_scores([*scores, score("a", "none", std_error=None)])
    assert lacking.std_error is None


def test_versions_that_rank_by_different_metrics_are_compared_by_one_that_all_have() -> None:
    def squad(model: str, version: str, *metrics: str) -> dict[str, Any]:
        figures = {"em": 50.0, "f1": 62.0}
        total = {f"test_{name}": figures[name] for name in metrics}
        total |= {f"test_{name}_se": 1.96 for name in metrics}
        return own_layout(model=model, results={"total": total}, euroeval_version=version)

    found = read_euroeval(squad("a", "13.0.0", "em", "f1"), squad("b", "15.3.1", "f1", "em"))
    assert [one.metric for one in found.scores] == ["em", "f1"]
    kept, notes = same_metrics(found.scores)
    assert [(one.model, one.metric, one.score) for one in kept] == [
        ("a", "f1", 0.62), ("b", "f1", 0.62),
    ]  # fmt: skip
    assert "EuroEval 13.0.0, f1" in kept[0].source
    assert notes == [
        "scala-da is ranked by f1 (EuroEval 15.3.1) and em (EuroEval 13.0.0): f1 is used for all "
        "models, as every result has it"
    ]


def test_results_without_a_common_metric_are_benchmarks_of_their_own() -> None:
    kept, notes = same_metrics(
        [score("a", "x", metric="bertscore"), score("b", "x", metric="chrf")]
    )
    assert [one.benchmark for one in kept] == ["x (bertscore)", "x (chrf)"]
    assert "no metric is in every result" in notes[0]
    assert common_scores(kept)[0] == []


def test_one_metric_needs_no_sentence() -> None:
    scores = [score("a", "x"), score("b", "x"), score("a", "y", metric="em")]
    kept, notes = same_metrics(scores)
    assert sorted(one.benchmark for one in kept) == ["x", "x", "y"]
    assert not notes
