"""A run reads each of its inputs once, however many stages and figures use them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from culture_ray.cli.commands.plan import as_json
from culture_ray.settings.run import Settings
from culture_ray.settings.stages import Stage
from culture_ray.stages import context as module
from culture_ray.stages import run_inputs
from culture_ray.stages.context import RunContext
from culture_ray.stages.power import power_of_plan
from culture_ray.stages.sweep import sweep
from tests.in_process import Quiet, in_process  # noqa: F401 - a fixture
from tests.small import small_settings
from tests.standin import StandInEngine

LOCAL = (Stage.MEASURE, Stage.REGRESS, Stage.REPORT)
READERS = (
    "ground_truth_of", "read_capability", "request_plan", "workload_of", "plan_of", "check_run",
    "judge_errors",
)  # fmt: skip


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Return the number of times that each input has been read or computed."""
    counted: Counter[str] = Counter()

    def counting(name: str, read: Callable[..., Any]) -> Callable[..., Any]:
        def reader(*given: Any, **named: Any) -> Any:
            counted[name] += 1
            return read(*given, **named)

        return reader

    for name in READERS:
        place = module if hasattr(module, name) else run_inputs
        monkeypatch.setattr(place, name, counting(name, getattr(place, name)))
    return counted


@pytest.mark.slow
def test_a_sweep_reads_each_input_once_and_checks_the_run_once(
    small: Settings,
    in_process: list[object],  # noqa: F811
    reads: Counter[str],
) -> None:
    context = RunContext(small)
    context.check()
    context.quote()
    sweep(context, StandInEngine, Quiet())  # type: ignore[arg-type]
    assert in_process
    assert (small.run.folder / "report.html").exists()
    assert reads == Counter(READERS)

    reads.clear()
    again = RunContext(small)
    again.check()
    assert sweep(again, StandInEngine, Quiet()).unchanged == LOCAL  # type: ignore[arg-type]
    assert not {"workload_of", "plan_of"} & set(reads)  # which read tokenizers


def test_a_run_is_answered_once_every_shard_is_there(mixed_run: Settings) -> None:
    shards = {*mixed_run.run.shards("responses"), *mixed_run.run.shards("labels")}
    context = RunContext(mixed_run)
    assert context.answered(shards.__contains__)
    for path in sorted(shards):
        assert not context.answered((shards - {path}).__contains__)
    asking = RunContext(replace(mixed_run, stages=(Stage.ELICIT,)))
    assert asking.answered(set(mixed_run.run.shards("responses")).__contains__)


@pytest.mark.slow
def test_a_plan_reads_each_input_once_and_no_run(tmp_path: Path, reads: Counter[str]) -> None:
    settings = small_settings(tmp_path, "model=[gemma_2_2b,gpt_4o]", "judge=[gemma_2_9b]")
    context = RunContext(settings)
    plan = as_json(settings, context.checked_plan(), context.quote(), power_of_plan(context))
    assert plan["rows"]
    assert reads == Counter(set(READERS) - {"check_run"})
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_no_input_is_read_by_anything_but_the_context() -> None:
    """The counts are complete, because inputs are only read through the context."""
    package = Path(module.__file__).parents[1]
    readers = ("ground_truth_of", "read_capability", "workload_of", "plan_of", "check_run")
    elsewhere = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if any(re.search(rf"(?<!\w){name}\(", line) for name in readers)
        and not line.startswith("def ")
    }
    listed = "cli/commands/lists/scores.py"  # which shows the file, without a run
    of_several_runs = {"tools/compare/paired_cells.py", "tools/leaderboard/joint_cells.py"}
    own = {"stages/context.py", "stages/run_inputs.py"}
    assert elsewhere == {*own, listed, *of_several_runs}
