"""Damaged shards are set aside, counted, and made again; nothing is lost or duplicated."""

from __future__ import annotations

import random

import pyarrow.dataset as ds
import pytest

from culture_ray.plan.requests import request_plan
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.report.quality import quality
from culture_ray.stages.report.report import report
from tests.answered import answer


def check_whole(settings: Settings) -> None:
    wanted = ds.dataset(settings.run.folder / "requests", format="arrow").to_table()["request_id"]
    answered = ds.dataset(settings.run.folder / "responses", format="arrow").to_table()
    labelled = ds.dataset(settings.run.folder / "labels", format="arrow").to_table()
    assert sorted(answered["request_id"].to_pylist()) == sorted(wanted.to_pylist())
    assert sorted(labelled["response_id"].to_pylist()) == sorted(wanted.to_pylist())
    assert len(set(labelled["request_id"].to_pylist())) == len(wanted)


@pytest.mark.slow
def test_whatever_is_damaged_between_sessions_the_run_ends_whole(small: Settings) -> None:
    answer(small)
    chance = random.Random(7)
    for _ in range(6):
        shards = small.run.shards("responses") + small.run.shards("labels")
        for path in chance.sample(shards, 3):
            content = bytearray(path.read_bytes())
            match chance.randrange(4):
                case 0:
                    path.write_bytes(content[: chance.randrange(len(content))])
                case 1:
                    content[chance.randrange(8, len(content) // 2)] ^= 0xFF
                    path.write_bytes(content)
                case 2:
                    path.unlink()
                case _:
                    path.write_bytes(chance.choice(shards).read_bytes())
        answer(small)
        check_whole(small)
    for row in quality(small, request_plan(small)).to_pylist():
        assert (row["requests"], row["rows"], row["used"]) == (24, 24, 24)


@pytest.mark.slow
def test_labels_of_responses_that_are_made_again_are_made_again_too(small: Settings) -> None:
    answer(small)
    damaged, kept = small.run.shards("responses")[:2]
    damaged.write_bytes(damaged.read_bytes()[:-1])
    labels = {path.stem: path for path in small.run.shards("labels")}
    opened = RunContext(small).open()
    assert {item.path for item in opened.set_aside} == {damaged, labels[damaged.stem]}
    assert labels[kept.stem] in opened.done
    assert not labels[damaged.stem].exists()


@pytest.mark.slow
def test_the_report_counts_what_was_set_aside(small: Settings) -> None:
    answer(small)
    small.run.shards("labels")[0].write_bytes(b"")
    answer(small)
    notices = report(RunContext(small), {}).notices
    assert "1 damaged shard was set aside and made again." in notices
