"""Killing any process loses and doubles no step of a benchmark or conversation, and no rating."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest

from culture_ray.store.run_directory import RunDirectory
from tests.chaos import killing
from tests.standin import conversed

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.timeout(1800)]

KILLS = int(os.environ.get("CULTURE_RAY_CHAOS_RAY_KILLS", "6")) // 2
QUESTIONS, CULTURES = 40, 7
ANSWERS = QUESTIONS * (1 + 1 + CULTURES + 1)
"""In the conditions baseline, contextual and agents, whose last step needs one view per culture."""
RATINGS = QUESTIONS * 3
TOPICS = ("d026_03", "d054", "d059", "d060", "e069_02", "e069_04", "e069_05", "e069_08")
"""One that stands alone, three of one battery of the survey, and four of another."""
CONVERSATIONS = 12
"""In each of two variants."""


def test_steps_and_ratings_survive_kills_of_driver_replica_and_raylet(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "chaos")
    own = {"in_flight": "8", "memory_gib": "0.1", "cpus_per_replica": "1"}
    overrides = [
        "experiment=quickstart",
        "protocol=[sequence]",
        f"topics.only=[{','.join(TOPICS)}]",
        f"protocol.sequence.prompts_per_language={CONVERSATIONS}",
        "protocol.sequence.factors.typos=[0.0,0.05]",
        "+model.gemma_3_270m.env.STANDIN_CONVERSES='yes'",
        "language=[en]",
        "benchmark=[worldview]",
        "benchmark.worldview.samples=1",
        f"results={tmp_path}",
        "run=chaos",
        "inference.rounds=20",
        "cluster.unit_size=8",
        *(f"model.gemma_3_270m.{key}={value}" for key, value in own.items()),
        *(f"judge.gemma_3_270m.model.{key}={value}" for key, value in own.items()),
    ]
    command = ["-m", "tests.chaos.driver", *overrides]
    kills, seen = killing.run_through_kills(
        command,
        tmp_path / "driver.log",
        KILLS,
        lambda: len([*run.shards("benchmarks"), *run.shards("responses")]),
        random.Random(16),
    )
    assert kills >= KILLS - 1, f"only {kills} kills before the end"
    answers = _rows(run.answer_shards())
    assert len(answers) == len({row["request_id"] for row in answers}) == ANSWERS
    assert {row["failure"] for row in answers} == {None}
    views = {row["item"]: 0 for row in answers}
    for row in answers:
        views[row["item"]] += row["step"] == "views"
    assert set(views.values()) == {CULTURES}
    ratings = _rows(run.rating_shards())
    assert len(ratings) == len({row["answer_id"] for row in ratings}) == RATINGS
    assert not list(run.quarantine.rglob("*.arrow*"))
    assert (run.folder / "benchmarks.csv").exists()
    assert killing.wait_gone(sorted(seen)) == []
    check_conversations(run)


def check_conversations(run: RunDirectory) -> None:
    """Every question has one answer, given after the answers that are stored before it."""
    asked = _rows(run.shards("requests"))
    rows = _rows(run.shards("responses"))
    assert sorted(str(row["request_id"]) for row in rows) == sorted(
        str(row["request_id"]) for row in asked
    )
    assert len({row["request_id"] for row in rows}) == len(rows) > 2 * 2 * CONVERSATIONS
    texts = {(*place(row), tuple(row["after"] or []), row["topic"]): row["text"] for row in rows}
    assert len(texts) == len(rows)
    longest = 0
    for row in rows:
        after = tuple(row["after"] or [])
        earlier = [texts[*place(row), after[:nth], topic] for nth, topic in enumerate(after)]
        word = str(row["text"]).split()[2]
        assert row["text"] == conversed(word, [str(text) for text in earlier])
        longest = max(longest, len(after))
    assert longest == 3
    labels = _rows(run.shards("labels"))
    assert sorted(str(row["response_id"]) for row in labels) == sorted(
        str(row["request_id"]) for row in rows
    )


def place(row: dict[str, Any]) -> tuple[Any, ...]:
    """Return the columns that the questions of one conversation share."""
    return tuple(row[name] for name in ("template", "wording", "sample", "persona", "variant"))


def _rows(shards: list[Path]) -> list[dict[str, Any]]:
    return ds.dataset([str(path) for path in shards], format="arrow").to_table().to_pylist()
