"""Answers to a benchmark are put to a judge with the rubric, and its ratings stored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import jsonschema
import pyarrow as pa
import pytest

from culture_ray.benchmarks.rows import BenchmarkItem
from culture_ray.engines.interface import Response
from culture_ray.settings.judging import Judge
from culture_ray.stages.rate.task import RatingTask
from culture_ray.store.shards import commit, unit_id
from culture_ray.sweep.plan.units import Unit
from tests.benchmarks.rubrics.test_rating import RATING, RUBRIC
from tests.small import small_settings

ITEMS = {"q1": BenchmarkItem("q1", "q1", "en", "What is tea?")}


def _items(path: Path) -> Mapping[str, BenchmarkItem]:
    return ITEMS


def _answers(path: Path) -> Path:
    rows = [
        {"request_id": f"r{n}", "step": step, "text": text, "failure": failure}
        for n, (step, text, failure) in enumerate(
            [("views", "A view.", None), ("answer", "Tea is drunk.", None),
             ("answer", None, "timeout"), ("answer", "Tea is hot.", None), ("answer", "  ", None)]
        )
    ]  # fmt: skip
    same = {"benchmark": "tea", "model": "m", "language": "en", "item": "q1", "condition": "agents"}
    whole = [{**same, "variant": 0, "sample": 0, **row} for row in rows]
    shard = path / f"{unit_id(0, [row['request_id'] for row in rows])}.arrow"
    commit(shard, pa.Table.from_pylist(whole))
    return shard


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    settings = small_settings(tmp_path / "results", "judge=[gemma_2_9b]")
    return settings.judges["gemma_2_9b"]


def test_each_last_answer_with_text_is_rated_and_every_other_has_its_reason(
    tmp_path: Path, judge: Judge
) -> None:
    task = RatingTask("gemma_2_9b", judge, RUBRIC, {"agents": "answer"}, _items)
    shard = _answers(tmp_path)
    unit = Unit(tmp_path / "x.arrow", "gemma_2_9b", "m", "en", 5, 1.0, source=shard)
    loaded = task.load(unit)
    assert loaded.rows.num_rows == 4
    asked = [request for request in loaded.requests if request is not None]
    assert len(asked) == 2
    assert "Tea is drunk." in asked[0].prompt
    jsonschema.validate(RATING, json.loads(asked[0].schema or ""))
    answers = iter(
        [
            Response(asked[0].request_id, json.dumps(RATING), "stop"),
            Response(asked[1].request_id, "no idea", "stop"),
        ]
    )
    responses = [None if request is None else next(answers) for request in loaded.requests]
    rows = task.table(loaded, responses, "replica", 1).to_pylist()
    assert [row["status"] for row in rows] == ["rated", "failed", "unparsable", "empty"]
    assert json.loads(rows[0]["rating"]) == RATING
    assert rows[1]["failure"] == "timeout"
    assert len({row["request_id"] for row in rows}) == 4
