"""The status of a run is read from its directory alone, even if shards are damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from culture_ray.plan.requests import request_plan
from culture_ray.run.status import StageStatus, resume_command, stage_statuses
from culture_ray.settings.run import Settings
from culture_ray.stages.report.quality import quality
from culture_ray.store.provenance import amend
from culture_ray.store.run_directory import RunDirectory
from tests.answered import answer

MODEL = "gemma_3_270m"


def test_a_run_without_requests_has_no_stands(tmp_path: Path) -> None:
    assert stage_statuses(RunDirectory(tmp_path / "none"), [MODEL]) == []


@pytest.mark.slow
def test_done_failed_and_left_are_counted_per_stage(small: Settings) -> None:
    answer(small, judge=False)
    assert stage_statuses(small.run, [MODEL]) == [
        StageStatus("elicit", MODEL, requests=48, done=48),
        StageStatus(f"judge {MODEL}", MODEL, requests=48, done=0),
    ]
    assert [stand.left for stand in stage_statuses(small.run, [MODEL])] == [0, 48]


def test_failures_are_those_that_quality_counts(mixed_run: Settings) -> None:
    rows = quality(mixed_run, request_plan(mixed_run)).to_pylist()
    elicit, judge = stage_statuses(mixed_run.run, [MODEL])
    assert elicit.failed == sum(row["failed"] for row in rows) > 0
    assert judge.failed == sum(row["judge_errors"] for row in rows) > 0
    assert elicit.failures == {"the engine said no": elicit.failed}
    assert judge.failures == {"the judge said no": judge.failed}
    assert judge.unparsable == sum(row["unparsable"] for row in rows) > 0
    assert elicit.left == judge.left == 0


@pytest.mark.parametrize(
    ("asked", "goes_on"),
    [
        ("culture-ray sweep 'language=[da,en]'", "culture-ray sweep 'language=[da,en]'"),
        ("culture-ray sweep 'stages=[elicit]' seed=2", "culture-ray sweep seed=2"),
        ("culture-ray sweep 'stages=[elicit,judge]'", "culture-ray sweep 'stages=[elicit,judge]'"),
    ],
)
def test_what_goes_on_is_the_command_with_the_stages_that_are_left(
    small: Settings, asked: str, goes_on: str
) -> None:
    answer(small, judge=False)
    amend(small.run, {"command": asked})
    assert resume_command(small.run, stage_statuses(small.run, [MODEL])) == goes_on


def test_a_run_that_an_earlier_version_submitted_is_submitted_again(small: Settings) -> None:
    answer(small, judge=False)
    asked = "culture-ray sweep run=small results=/r cluster.address=10.0.0.1:6379"
    amend(small.run, {"command": asked})
    statuses = stage_statuses(small.run, [MODEL])
    assert resume_command(small.run, statuses) == asked  # a Ray of the user's own
    (small.run.folder / "slurm").mkdir()
    assert resume_command(small.run, statuses) == "culture-ray submit run=small results=/r"


def test_shards_that_cannot_be_read_count_as_left(small: Settings) -> None:
    answer(small)
    shards = small.run.shards("responses")
    shards[0].write_bytes(b"")
    shards[1].write_bytes(shards[1].read_bytes()[:-30])
    (shards[2].parent / ".tmp-ab.arrow").write_bytes(b"half")
    elicit, judge = stage_statuses(small.run, [MODEL])
    assert (elicit.done, elicit.left) == (32, 16)
    assert judge.left == 0
