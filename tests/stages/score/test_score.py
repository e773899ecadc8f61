"""Answers to a benchmark become scores, figures and shared records in the run directory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pandas as pd
import pyarrow as pa
import pytest

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.benchmarks.rows import BenchmarkItem, RightAnswer
from culture_ray.benchmarks.scoring.rubric_scores import RatedAnswer
from culture_ray.benchmarks.scoring.score_matrix import ScoreCell
from culture_ray.judging.vocabulary import vocabulary
from culture_ray.run.measured_capability import measured_scores
from culture_ray.stages.score.score import AnsweredBenchmark, Drawing, score_benchmarks
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.survey.harnesses.every_eval_ever import every_eval_ever_scores
from culture_ray.survey.harnesses.result_files import result_files
from culture_ray.tables import BENCHMARKS, SCORES
from tests.survey.harnesses.record_schema import RECORD

FILE = {
    "source": {"files": "colours.csv", "licence": "MIT"},
    "items": {
        "id": "id", "text": "text", "options": ["a", "b"], "answer": "answer",
        "groups": {"kind": "kind"}, "keep": {"kind": ["CS", "CA"]},
    },
    "languages": {"da": "da", "en": "en"},
    "prompts": {"en": "{text}\n{options}\nAnswer:"},
    "answer": {"kind": "option", "by": "text"},
    "scores": {"accuracy": {}, "by": ["kind"], "contrasts": {"gap": ["CS", "CA"]}},
    "capability": {
        "use": "accuracy", "where": {"kind": "CA"},
        "also": {"capability_sensitive": {"kind": "CS"}},
    },
}  # fmt: skip
ITEMS = 12


def _items(language: str) -> list[BenchmarkItem]:
    return [
        BenchmarkItem(
            id=f"q{i}", cluster=f"q{i}", language=language, text="?", options=("red", "green"),
            answers=(RightAnswer("red", 0),), groups={"kind": "CS" if i < ITEMS // 2 else "CA"},
        )
        for i in range(ITEMS)
    ]  # fmt: skip


def _answers() -> Iterator[pa.Table]:
    for language in ("da", "en"):
        rows = [
            {
                "request_id": f"{language}{i}", "benchmark": "colours", "model": "m",
                "language": language, "item": f"q{i}", "condition": "plain", "step": "answer",
                "part": 0, "variant": 0, "order": "as_is", "sample": 0, "prompt_language": "en",
                "text": "A" if i % 3 else "no idea", "options": None, "probabilities": None,
            }
            for i in range(ITEMS)
        ]  # fmt: skip
        lists = [("options", pa.list_(pa.int32())), ("probabilities", pa.list_(pa.float64()))]
        schema = dict(lists) | dict.fromkeys(("part", "variant", "sample"), pa.int32())
        names = [(name, schema.get(name, pa.string())) for name in rows[0]]
        yield pa.Table.from_pylist(rows, schema=pa.schema(names))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunDirectory:
    run = RunDirectory(tmp_path_factory.mktemp("scored"))
    one = AnsweredBenchmark(
        "colours-0", Benchmark.from_mapping("colours", FILE),
        {language: _items(language) for language in ("da", "en")}, _answers,
    )  # fmt: skip
    score_benchmarks(run, [one], vocabulary(()), Drawing(100, 0), {}, version="1", at=0.0)
    return run


def test_every_answer_has_a_score_or_the_reason_why_not(run: RunDirectory) -> None:
    scores = catalogue.read(run, "benchmark_scores")
    assert scores is not None and scores.schema.names == SCORES.names
    assert scores.num_rows == 2 * ITEMS
    found = scores.to_pandas()
    assert found["status"].value_counts().to_dict() == {"scored": 16, "unparsable": 8}
    assert found.loc[found["status"] == "unparsable", "score"].isna().all()


def test_the_figures_are_a_table_and_files_for_papers(run: RunDirectory) -> None:
    rows = pd.read_csv(run.folder / "benchmarks.csv")
    assert list(rows.columns) == BENCHMARKS.names
    whole = rows[rows["group"].isna() & rows["language"].eq("da")]
    assert whole["value"].tolist() == pytest.approx([2 / 3])
    assert rows["contrast"].eq("gap").sum() == 3
    folder = run.folder / "benchmarks" / "colours-0"
    assert r"\begin{tabular}" in (folder / "figures.tex").read_text()
    assert "| accuracy |" in (folder / "figures.md").read_text()


def test_capability_is_measured_with_its_draws(run: RunDirectory) -> None:
    assert measured_scores(run).column("language").to_pylist() == ["da", "en"]
    draws = catalogue.read(run, "capability_draws")
    assert draws is not None
    assert draws.column("variant").to_pylist() == ["capability"] * 2 + ["capability_sensitive"] * 2
    assert {len(one) for one in draws.column("draws").to_pylist()} == {100}


def test_the_records_of_every_eval_ever_hold_the_same_figures(run: RunDirectory) -> None:
    path = run.folder / "benchmarks" / "colours-0" / "every_eval_ever.json"
    records = json.loads(path.read_text())
    found = every_eval_ever_scores([("a", records)], {}, {"da": "Danish", "en": "English"})
    assert not found.notes
    assert {(s.benchmark, s.language) for s in found.scores} >= {("colours accuracy", "da")}
    assert len(found.scores) == 6
    files = result_files([path.parent / "every_eval_ever"], "every_eval_ever")
    assert [json.loads(file.read_text()) for file in files] == records
    for one in records:
        jsonschema.validate(one, RECORD)


def test_a_rubric_is_scored_from_the_ratings(tmp_path: Path) -> None:
    content = FILE | {
        "answer": {"kind": "text"},
        "rubric": {"prompt": "Rate.", "fields": {"tone": {"number": [1, 5]}}},
        "scores": {"tone": {"figure": "mean", "of": "tone"}}, "capability": None,
    }  # fmt: skip
    content = {key: value for key, value in content.items() if value is not None}
    cell = ScoreCell("m", "en", "plain")
    ratings = {
        "first": [RatedAnswer(cell, f"q{i}", {"tone": 1 + i % 2 * 4}, f"a{i}")
                  for i in range(ITEMS)],
        "second": [RatedAnswer(cell, f"q{i}", {"tone": 1 + (i % 4 > 1) * 4}, f"a{i}")
                   for i in range(8)],
    }  # fmt: skip
    items = {language: _items(language) for language in ("da", "en")}
    one = AnsweredBenchmark(
        "tone-0", Benchmark.from_mapping("tone", content), items, _answers, ratings
    )
    score_benchmarks(RunDirectory(tmp_path), [one], vocabulary(()), Drawing(50, 0), {},
                     version="1", at=0.0)  # fmt: skip
    rows = pd.read_csv(tmp_path / "benchmarks.csv")
    english = rows[rows["language"].eq("en")]
    assert english["judge"].tolist() == ["first", "second"]
    assert english["value"].tolist() == [3.0, 3.0]
    [agreed] = pd.read_csv(tmp_path / "rating_agreement.csv").to_dict("records")
    assert (agreed["judge"], agreed["other"], agreed["field"]) == ("first", "second", "tone")
    assert (agreed["answers"], agreed["agreement"], agreed["difference"]) == (8, 0.5, 0.0)
    assert agreed["kappa_low"] <= agreed["kappa"] == 0.0 <= agreed["kappa_high"]


def test_figures_of_the_answers_themselves_stand_once_whatever_the_judges(tmp_path: Path) -> None:
    content = FILE | {
        "answer": {"kind": "text"},
        "rubric": {"prompt": "Rate.", "fields": {"tone": {"number": [1, 5]}}},
        "scores": {"tone": {"figure": "mean", "of": "tone"}, "repetition": {}},
    }
    content = {key: value for key, value in content.items() if key != "capability"}
    items = {language: _items(language) for language in ("da", "en")}
    rated = [RatedAnswer(ScoreCell("m", "en", "plain"), "q0", {"tone": 3}, "a0")]
    one = AnsweredBenchmark(
        "tone-0", Benchmark.from_mapping("tone", content), items, _answers,
        {"first": rated, "second": rated},
    )  # fmt: skip
    score_benchmarks(RunDirectory(tmp_path), [one], vocabulary(()), Drawing(50, 0), {},
                     version="1", at=0.0)  # fmt: skip
    rows = pd.read_csv(tmp_path / "benchmarks.csv", keep_default_na=False)
    own = rows[rows["language"].eq("en") & rows["group"].eq("")]
    assert list(zip(own["figure"], own["judge"], strict=True)) == [
        ("tone", "first"), ("repetition", ""), ("tone", "second"),
    ]  # fmt: skip
