"""retry=failed asks again what failed, keeps every other row, and loses nothing on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pyarrow.dataset as ds
import pytest

from culture_ray.engines.interface import Request, Response
from culture_ray.errors import WrongValue
from culture_ray.plan.engines import base_models, engine_names
from culture_ray.plan.requests import request_plan
from culture_ray.plan.stage_units import elicit_units, judge_units
from culture_ray.run.status import done_requests, stage_statuses
from culture_ray.settings.run import Settings
from culture_ray.settings.stages import Stage
from culture_ray.stages.context import RunContext
from culture_ray.stages.elicit.task import ElicitTask
from culture_ray.stages.judge.task import JudgeTask
from culture_ray.stages.retry import Reopened, put_back, reopen_failed
from culture_ray.store.run_directory import OpenedRun
from culture_ray.sweep.execute.chunk_store import ChunkStore
from culture_ray.sweep.plan.units import Task, Unit
from culture_ray.sweep.schedule.chunks import Chunk
from tests.answered import answer
from tests.small import small_settings

pytestmark = pytest.mark.slow

ALL = (Stage.ELICIT, Stage.JUDGE)


def fate(row: Mapping[str, Any]) -> str:
    """Every third request fails, and the judge of every fifth."""
    number = int(str(row["request_id"])[:6], 16)
    return "failed" if number % 3 == 0 else "judge_error" if number % 5 == 0 else "fine"


@pytest.fixture
def failing(small: Settings) -> Settings:
    answer(small, fate)
    return small


def rows(settings: Settings, kind: str) -> dict[str, dict[str, Any]]:
    table = ds.dataset(settings.run.folder / kind, format="arrow").to_table()
    return {row["request_id"]: row for row in table.to_pylist()}


def failed(found: Mapping[str, dict[str, Any]]) -> set[str]:
    return {key for key, row in found.items() if row["failure"] is not None}


def reopen(settings: Settings, stages: tuple[Stage, ...] = ALL) -> tuple[OpenedRun, Reopened]:
    opened = RunContext(settings).open()
    return opened, reopen_failed(settings.run, opened.done, stages)


def say(request: Request) -> Response:
    return Response(request.request_id, "1. A new answer.\n2. Another one.", "stop")


def ask(settings: Settings, task: Task, units: list[Unit], most: int = 10**6) -> list[str]:
    """Ask what is left of units as replicas do; return the ids of the requests asked."""
    asked: list[str] = []
    root = settings.run.folder.resolve()
    for unit in units:
        path = unit.path.resolve()
        if path.exists() or most <= 0:
            continue
        most -= 1
        store = ChunkStore(root, replace(unit, path=path), task.schema)
        missing = store.missing_rows(Chunk(str(path), 0, unit.size, 0.0))
        loaded = task.load(unit).subset(missing)
        asked += [request.request_id for request in loaded.requests if request is not None]
        said = [None if request is None else say(request) for request in loaded.requests]
        store.commit_rows(task.table(loaded, said, "again", 1), missing)
        if len(missing) < unit.size:
            store.join()
    return asked


def elicit(settings: Settings, most: int = 10**6) -> list[str]:
    sampling = {name: protocol.sampling for name, protocol in settings.protocols.items()}
    task = ElicitTask(settings.languages, sampling, base_models(settings.models))
    return ask(settings, task, list(elicit_units(settings, request_plan(settings))), most)


def judge(settings: Settings) -> list[str]:
    units = list(elicit_units(settings, request_plan(settings)))
    names, asked = engine_names(settings.models, settings.judges), []
    for name, one in settings.judges.items():
        task = JudgeTask(
            name, one, settings.languages, base_models(settings.models), settings.phrases
        )
        asked += ask(settings, task, judge_units(settings.run, name, one, names[name], units))
    return asked


@pytest.mark.slow
def test_exactly_the_failed_requests_are_asked_again_and_all_other_rows_stay(
    failing: Settings,
) -> None:
    before, labels = rows(failing, "responses"), rows(failing, "labels")
    assert 0 < len(failed(before)) < len(before)
    errors = {key for key, row in labels.items() if row["status"] == "error"}
    opened, reopened = reopen(failing)
    assert reopened.requests == len(failed(before)) + len(errors)
    assert opened.done - reopened.paths != opened.done
    assert set(elicit(failing)) == failed(before)
    judged = set(judge(failing))
    put_back(failing.run)
    after, labels_after = rows(failing, "responses"), rows(failing, "labels")
    assert not failed(after)
    assert after.keys() == before.keys()
    assert all(after[key] == before[key] for key in before.keys() - failed(before))
    assert labels_after.keys() == labels.keys()
    stayed = {key for key, row in labels.items() if row["status"] not in ("error", "failed")}
    assert all(labels_after[key] == labels[key] for key in stayed)
    assert not judged & stayed
    assert not list((failing.run.folder / "retried").rglob("*.arrow"))
    assert not RunContext(failing).open().set_aside


@pytest.mark.slow
def test_a_plan_counts_exactly_what_is_asked_again(failing: Settings) -> None:
    context = RunContext(replace(failing, retry="failed"))
    statuses = stage_statuses(failing.run, list(failing.judges))
    left = done_requests(statuses) - done_requests(statuses, retried=context.retried)
    counts = context.asked_again
    _, reopened = reopen(failing)
    assert sum(counts.values()) == reopened.requests
    asked = {"elicit": len(elicit(failing)), "judge": len(judge(failing))}
    for stage, count in asked.items():
        assert sum(left[key] for key in left if key[0] == stage) == count > 0
    assert not RunContext(failing).asked_again


def test_a_plan_without_the_judge_counts_failed_responses_alone(failing: Settings) -> None:
    context = RunContext(replace(failing, retry="failed", stages=(Stage.ELICIT,)))
    assert sum(context.asked_again.values()) == len(failed(rows(failing, "responses")))


@pytest.mark.parametrize("most", [0, 1])
def test_what_could_not_be_asked_again_is_put_back(failing: Settings, most: int) -> None:
    before, labels = rows(failing, "responses"), rows(failing, "labels")
    reopen(failing)
    asked = set(elicit(failing, most))
    put_back(failing.run)
    after = rows(failing, "responses")
    assert after.keys() == before.keys()
    assert failed(after) == failed(before) - asked
    assert all(after[key] == before[key] for key in before.keys() - asked)
    labels_after = rows(failing, "labels")
    assert all(labels[key] == row for key, row in labels_after.items())
    if not asked:
        assert labels_after == labels
    else:
        judge(failing)
        put_back(failing.run)
        assert rows(failing, "labels").keys() == labels.keys()
        assert not list((failing.run.folder / "retried").rglob("*.arrow"))


def test_a_crash_leaves_units_that_the_next_session_completes(failing: Settings) -> None:
    before = rows(failing, "responses")
    reopen(failing)
    opened = RunContext(failing).open()  # the next session, without retry
    assert not opened.set_aside
    units = list(elicit_units(failing, request_plan(failing)))
    assert any(unit.path not in opened.done for unit in units)
    assert set(elicit(failing)) == failed(before)
    put_back(failing.run)
    assert not failed(rows(failing, "responses"))


def test_without_the_stage_elicit_only_judges_are_asked_again(failing: Settings) -> None:
    before, labels = rows(failing, "responses"), rows(failing, "labels")
    _, reopened = reopen(failing, (Stage.JUDGE,))
    assert reopened.requests == sum(row["status"] == "error" for row in labels.values())
    assert rows(failing, "responses") == before
    assert not elicit(failing)


def test_a_run_without_failures_is_left_as_it_is(small: Settings) -> None:
    answer(small)
    opened, reopened = reopen(small)
    assert reopened == Reopened()
    assert put_back(small.run) == 0
    assert RunContext(small).open().done == opened.done


@pytest.mark.slow
def test_labels_by_rule_are_made_again_or_put_back(tmp_path: Any) -> None:
    settings = small_settings(tmp_path, "protocol=[direct_item]")
    answer(settings, fate)
    labels = rows(settings, "labels")
    opened, reopened = reopen(settings)
    again = {path.stem for path in reopened.paths}
    assert not again & {path.stem for path in settings.run.shards("labels")}
    put_back(settings.run)
    assert rows(settings, "labels") == labels
    assert RunContext(settings).open().done == opened.done


def test_retry_without_a_stage_that_asks_is_refused(tmp_path: Any) -> None:
    with pytest.raises(WrongValue, match="retry='failed' cannot be used"):
        small_settings(tmp_path, "retry=failed", "stages=[measure]")


def test_what_is_asked_again_is_no_part_of_the_run(tmp_path: Any) -> None:
    settings = small_settings(tmp_path, "retry=failed")
    assert settings.retry == "failed"
    assert "retry" not in settings.raw
