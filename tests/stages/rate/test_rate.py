"""Answers to a benchmark with a rubric are rated in the sweep: once, resumed, and asked again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from culture_ray.engines.interface import Request, Response
from culture_ray.errors import WrongValue
from culture_ray.run.status import stage_statuses
from culture_ray.settings.run import Settings
from culture_ray.settings.stages import Stage
from culture_ray.stages.context import RunContext
from culture_ray.stages.report.rating_quality import rating_quality
from culture_ray.stages.sweep import SweepResult, sweep
from culture_ray.store import catalogue
from tests.benchmarks.answering import Answering, with_benchmarks
from tests.benchmarks.examples import STEPS, content
from tests.benchmarks.items.sources import write_csv
from tests.in_process import Quiet, in_process  # noqa: F401 - a fixture
from tests.small import small_settings

pytestmark = pytest.mark.slow

Asked = list[tuple[str, Request]]
ALONE = ("protocol=[]", "benchmark=[quickstart]")
JUDGE = "gemma_3_270m"
RATED = 5 * (1 + 1 + 1)
"""Items in three conditions, of which the last has a step before its answer."""
RATING = {"references": [{"culture": "Western", "tone": "positive"}]}


class Rating(Answering):
    """The engine of the benchmark's answers, which rates them all alike."""

    down = False

    async def generate(self, request: Request) -> Response:
        """Return a rating for a judge's request, and an answer for any other."""
        if request.stage != "judge":
            return await super().generate(request)
        if self.down:
            return Response(request.request_id, None, "error", failure="ValueError: no")
        return Response(request.request_id, json.dumps(RATING), "stop", 4, 2)


class Down(Rating):
    """An engine that fails as a judge."""

    down = True


class Garbled(Rating):
    """A judge whose ratings of the answers in one condition cannot be read."""

    async def generate(self, request: Request) -> Response:
        """Return no JSON about an answer that a system prompt was set for."""
        if request.stage == "judge" and "as <Let several" in request.prompt:
            return Response(request.request_id, "I would rather not.", "stop", 4, 2)
        return await super().generate(request)


def _quality(settings: Settings) -> list[dict[str, Any]]:
    table = rating_quality(settings)
    assert table is not None
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def _run(settings: Settings, engine: type[Answering] = Rating) -> SweepResult:
    context = RunContext(settings, max_processes=1)
    context.check()
    return sweep(context, engine, Quiet())  # type: ignore[arg-type]


@pytest.fixture
def rated(tmp_path: Path) -> Settings:
    """A run of a benchmark with steps and a rubric, and a judge."""
    questions = [{"id": str(n), "question": f"Question {n}?", "domain": "d"} for n in range(5)]
    write_csv(tmp_path / "worldview" / "questions.csv", questions)
    design = content(STEPS, samples=1, sampling={"max_tokens": 50})
    design["lists"] = {"cultures": ["Western", "East Asian", "Islamic"]}
    settings = small_settings(tmp_path / "results", *ALONE)
    own = replace(settings, stages=(Stage.BENCHMARK, Stage.JUDGE, Stage.MEASURE))
    return with_benchmarks(own, tmp_path, worldview=design)


def _ratings(settings: Settings) -> pd.DataFrame:
    table = catalogue.read(settings.run, "benchmark_ratings")
    assert table is not None
    return table.to_pandas()


def test_every_scored_answer_is_rated_once_by_every_judge_and_the_ratings_are_scored(
    rated: Settings,
    in_process: Asked,  # noqa: F811
) -> None:
    assert _run(rated).complete
    rows = _ratings(rated)
    assert len(rows) == rows["answer_id"].nunique() == RATED
    assert rows["status"].eq("rated").all()
    judged = next(s for s in stage_statuses(rated.run, [JUDGE]) if s.stage == f"judge {JUDGE}")
    assert (judged.requests, judged.done, judged.failed) == (RATED, RATED, 0)
    figures = pd.read_csv(rated.run.folder / "benchmarks.csv")
    western = figures[figures["category"].eq("Western") & figures["contrast"].isna()]
    assert len(western) and western["value"].eq(1).all()
    in_process.clear()
    assert _run(rated).complete
    assert in_process == []


def test_every_judge_is_scored_and_ratings_that_cannot_be_read_are_counted(
    rated: Settings,
    in_process: Asked,  # noqa: F811
) -> None:
    two = replace(rated, judges={**rated.judges, "second": rated.judges[JUDGE]})
    assert _run(two, Garbled).complete
    rows = {row["judge"]: row for row in _quality(two)}
    assert set(rows) == {JUDGE, "second"}
    for row in rows.values():
        assert (row["answers"], row["rows"], row["rated"]) == (RATED, RATED, RATED - 5)
        assert (row["unparsable"], row["errors"], row["empty"], row["failed"]) == (5, 0, 0, 0)
    figures = pd.read_csv(two.run.folder / "benchmarks.csv")
    assert list(figures["judge"].unique()) == [JUDGE, "second"]
    agreed = pd.read_csv(two.run.folder / "rating_agreement.csv")
    assert set(agreed["answers"]) == {RATED - 5}
    assert agreed["agreement"].eq(1).all()
    # One judge alone leaves no table of agreement behind.
    _run(rated, Garbled)
    assert not (two.run.folder / "rating_agreement.csv").exists()


def test_ratings_of_answers_that_are_lost_are_made_again_with_them(
    rated: Settings,
    in_process: Asked,  # noqa: F811
) -> None:
    _run(rated)
    lost = rated.run.rating_shards()[0]
    lost.write_bytes(lost.read_bytes()[:-7])
    in_process.clear()
    assert _run(rated).complete
    assert {request.stage for _, request in in_process} == {"judge"}
    for path in rated.run.answer_shards()[:1]:
        path.unlink()
    in_process.clear()
    assert _run(rated).complete
    assert {request.stage for _, request in in_process} == {"benchmark", "judge"}
    assert len(_ratings(rated)) == RATED


def test_a_judge_that_failed_is_asked_again_for_what_failed_only(
    rated: Settings,
    in_process: Asked,  # noqa: F811
) -> None:
    _run(rated, Down)
    assert _ratings(rated)["status"].eq("error").all()
    in_process.clear()
    assert _run(replace(rated, retry="failed")).complete
    assert len(in_process) == RATED
    assert _ratings(rated)["status"].eq("rated").all()


def test_the_plan_counts_ratings_and_refuses_a_rubric_without_a_judge(
    rated: Settings, tmp_path: Path
) -> None:
    rows = {row.stage: row.estimate.requests for row in RunContext(rated).checked_plan().rows}
    assert rows == {"benchmark": 5 * (1 + 1 + 3 + 1), "judge": RATED}
    with pytest.raises(WrongValue, match="worldview has a rubric"):
        small_settings(tmp_path, "protocol=[]", "judge=[]", "benchmark=[worldview]")
