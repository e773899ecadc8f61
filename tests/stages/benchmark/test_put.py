"""Benchmarks run in a sweep: every request once, steps after their answers, whatever is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from culture_ray.engines.interface import Request
from culture_ray.run.status import stage_statuses
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.sweep import SweepResult, sweep
from culture_ray.store.provenance import recorded
from culture_ray.sweep.plan.units import StageWork
from tests.benchmarks.answering import Answering, with_benchmarks
from tests.benchmarks.examples import STEPS, content
from tests.benchmarks.items.sources import ROWS, changed, write_csv
from tests.in_process import InProcess, Quiet, in_process  # noqa: F401 - a fixture
from tests.small import small_settings

pytestmark = pytest.mark.slow

Asked = list[tuple[str, Request]]
ALONE = ("protocol=[]", "judge=[]", "benchmark=[quickstart]")
QUESTIONS = [{"id": str(n), "question": f"Question {n}?", "domain": "d"} for n in range(5)]


def _run(settings: Settings, engine: Any = Answering) -> SweepResult:
    context = RunContext(settings)
    context.check()
    return sweep(context, engine, Quiet())  # type: ignore[arg-type]


def _answers(settings: Settings) -> pa.Table:
    return ds.dataset(settings.run.answer_shards(), format="arrow").to_table()


@pytest.fixture
def steps(tmp_path: Path) -> Settings:
    """A run of a benchmark with a fan of requests whose answers enter the next prompt."""
    write_csv(tmp_path / "worldview" / "questions.csv", QUESTIONS)
    design = content(STEPS, rubric=None, scores={"repetition": {}}, samples=2)
    design["sampling"] = {"max_tokens": 50}
    design["lists"] = {"cultures": ["Western", "East Asian", "Islamic"]}
    return with_benchmarks(small_settings(tmp_path / "results", *ALONE), tmp_path, worldview=design)


def test_a_run_of_a_benchmark_alone_asks_every_item_in_both_orders_once(
    tmp_path: Path,
    in_process: Asked,  # noqa: F811
) -> None:
    settings = small_settings(tmp_path, *ALONE)
    assert _run(settings).complete
    rows = _answers(settings)
    assert rows.num_rows == 2 * 2 * 12  # languages, orders, items
    assert len(set(rows.column("request_id").to_pylist())) == rows.num_rows
    assert {stage for stage, _ in in_process} == {"benchmark"}
    assert all(request.options == ("A", "B", "C", "D") for _, request in in_process)
    for row in rows.to_pylist():
        assert row["options"] == ([0, 1, 2, 3] if row["order"] == "as_is" else [3, 2, 1, 0])
        assert row["prompt"].endswith("Svar:" if row["language"] == "da" else "Answer:")
    [checksums] = recorded(settings.run)["benchmarks"].values()
    assert set(checksums) == {"quickstart/da.csv", "quickstart/en.csv"}
    [status] = stage_statuses(settings.run, [])
    assert (status.stage, status.requests, status.done) == ("benchmark quickstart", 48, 48)
    in_process.clear()
    _run(settings)
    assert in_process == []


def test_protocols_and_benchmarks_are_one_run_of_the_executor(
    tmp_path: Path,
    in_process: Asked,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs: list[list[str]] = []
    whole = InProcess.run_together

    def counted(self: InProcess, work: Sequence[StageWork]) -> Mapping[str, str]:
        runs.append([one.task.stage for one in work if one.units])
        return whole(self, work)

    monkeypatch.setattr(InProcess, "run_together", counted)
    _run(small_settings(tmp_path, "stages=[elicit,benchmark]", "benchmark=[quickstart]"))
    assert runs == [["elicit", "benchmark"]], "else a model would be loaded for each stage"


@pytest.mark.slow
def test_a_benchmark_runs_beside_protocols_and_joins_a_run_that_is_there(
    tmp_path: Path,
    in_process: Asked,  # noqa: F811
) -> None:
    before = small_settings(tmp_path)
    assert _run(before).complete
    asked = len(in_process)
    after = small_settings(tmp_path, "benchmark=[quickstart]")
    _run(after)
    assert {stage for stage, _ in in_process[asked:]} == {"benchmark"}
    assert _answers(after).num_rows == 48
    _run(before)  # without it, nothing of it is lost
    assert len(in_process) == asked + 48


def test_a_step_is_put_with_the_answers_of_the_steps_before(
    steps: Settings,
    in_process: Asked,  # noqa: F811
) -> None:
    assert _run(steps).complete
    rows = _answers(steps).to_pylist()
    assert len(rows) == 5 * 2 * (1 + 1 + 3 + 1)
    for row in rows:
        if (row["condition"], row["step"]) == ("agents", "answer"):
            said = f"on <{row['item'] and 'Question ' + row['item'] + '?'}> as"
            assert row["prompt"].count(said) == 3
            assert "East Asian: on" in row["prompt"]
    [status] = stage_statuses(steps.run, [])
    assert (status.requests, status.done, status.failed) == (60, 60, 0)


def test_after_lost_answers_their_followers_are_put_again_and_nothing_else(
    steps: Settings,
    in_process: Asked,  # noqa: F811
) -> None:
    _run(steps)
    lost = next(
        path
        for path in steps.run.answer_shards()
        if ds.dataset(path, format="arrow").head(1).column("step").to_pylist() == ["views"]
    )
    items = set(ds.dataset(lost, format="arrow").to_table().column("item").to_pylist())
    lost.write_bytes(lost.read_bytes()[:-7])
    in_process.clear()
    assert _run(steps).complete
    assert len(in_process) == len(items) * 2 * (3 + 1)
    rows = _answers(steps)
    assert len(set(rows.column("request_id").to_pylist())) == rows.num_rows == 60


@pytest.mark.slow
def test_a_step_after_a_failed_one_is_a_row_with_a_reason_until_both_are_asked_again(
    steps: Settings,
    in_process: Asked,  # noqa: F811
) -> None:
    class Failing(Answering):
        fails = "East Asian"

    _run(steps, Failing)
    failed = [row for row in _answers(steps).to_pylist() if row["text"] is None]
    assert {row["step"] for row in failed} == {"views", "answer"}
    assert len(failed) == 5 * 2 * 2
    reasons = {row["failure"] for row in failed if row["step"] == "answer"}
    assert reasons == {"an earlier step has no answer, so this one was not put"}
    assert _run(replace(steps, retry="failed")).complete
    rows = _answers(steps)
    assert rows.num_rows == 60
    assert rows.column("text").null_count == 0


def test_a_larger_part_only_adds_requests(
    tmp_path: Path,
    in_process: Asked,  # noqa: F811
) -> None:
    rows = [{**ROWS[0], "id": str(n)} for n in range(20)]
    write_csv(tmp_path / "eng.csv", rows)
    settings = small_settings(tmp_path / "results", *ALONE)
    for number, added in ((5, 5), (12, 7), (20, 8), (12, 0)):
        in_process.clear()
        design = changed(items={"per_group": {"kind": number}})
        own = with_benchmarks(settings, tmp_path, b={**design, "languages": {"en": "eng"}})
        _run(own)
        assert len(in_process) == added
    assert _answers(settings).num_rows == 20


def test_labels_are_the_only_answers_allowed_in_the_language_of_the_prompt(
    tmp_path: Path,
    in_process: Asked,  # noqa: F811
) -> None:
    for code in ("eng", "dan"):
        write_csv(tmp_path / f"{code}.csv", [{**row, "answer": "yes"} for row in ROWS])
    labels = {"yes": {"en": "yes", "da": "ja"}, "no": {"en": "no", "da": "nej"}}
    design = changed(
        answer={"kind": "label", "labels": labels}, prompts={"en": "{text}", "da": "Om {text}"}
    )
    _run(with_benchmarks(small_settings(tmp_path / "results", *ALONE), tmp_path, b=design))
    choices = {request.prompt[:3] == "Om ": request.choices for _, request in in_process}
    assert choices == {False: ("yes", "no"), True: ("ja", "nej")}


@pytest.mark.slow
def test_a_plan_names_items_requests_licence_and_prompts_in_english(tmp_path: Path) -> None:
    settings = small_settings(tmp_path, *ALONE, "language=[da,en,de]")
    plan = RunContext(settings).checked_plan()
    [benchmark] = plan.benchmarks
    assert benchmark.sentence == (
        "benchmark quickstart: 12 items in da, en, 48 requests per model; "
        "quickstart/{language}.csv, 3 kB, licence MIT"
    )
    assert "benchmark.quickstart has no items in de: they are left out of it" in plan.notices
    [row] = plan.rows
    assert (row.stage, row.estimate.requests) == ("benchmark", 48)
    assert not settings.run.folder.exists()
