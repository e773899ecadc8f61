"""Snapshots: phases of a stage, failures by kind, spending; and their way through a file."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.sweep.progress.display import plain_text
from culture_ray.sweep.progress.snapshot import (
    KINDS_SHOWN,
    Snapshot,
    StageProgress,
    failure_summary,
)


def test_failures_are_told_by_kind_the_most_frequent_first() -> None:
    kinds = {"lost": 3, "prompt too long": 1_007, "engine died": 3}
    assert failure_summary(kinds) == "1,013 failed: 1,007 prompt too long, 3 engine died, 3 lost"
    assert failure_summary({"prompt too long": 2}) == "2 failed: prompt too long"
    assert failure_summary({"busy": 1}, 14) == "1 failed: busy; 14 unparsable"
    assert failure_summary({}, 14) == "14 unparsable"
    assert failure_summary({}) == ""


@given(st.dictionaries(st.text("abc", min_size=1), st.integers(1, 10**6), max_size=12))
def test_kinds_that_are_not_named_are_in_the_sum(kinds: dict[str, int]) -> None:
    words = failure_summary(kinds).replace(",", "").split()
    if kinds:
        assert int(words[0]) == sum(kinds.values())
    if len(kinds) > KINDS_SHOWN:
        named = Counter(kinds).most_common(KINDS_SHOWN)
        rest = sum(kinds.values()) - sum(count for _, count in named)
        assert words[-5:] == [str(rest), "of", str(len(kinds) - KINDS_SHOWN), "other", "kinds"]


def rows() -> list[StageProgress]:
    return [
        StageProgress("elicit", "a", failures={"busy": 1, "lost": 2}),
        StageProgress("elicit", "b", began=(1.5, 2, 3), planned=(300.0, 560.0)),
        StageProgress("elicit", "c", failures={"busy": 4}),
        StageProgress("judge j", "judge-j", unparsable=5),
        StageProgress("report"),
    ]


def test_failures_are_told_per_model_and_per_stage_where_those_are_too_many() -> None:
    assert Snapshot(rows()).failure_summaries(3) == [
        "elicit a: 3 failed: 2 lost, 1 busy",
        "elicit c: 4 failed: busy",
        "judge j: 5 unparsable",
    ]
    assert Snapshot(rows()).failure_summaries(2) == [
        "elicit: 7 failed: 5 busy, 2 lost",
        "judge: 5 unparsable",
    ]


def test_money_is_told_with_the_cap_where_there_is_one_and_not_at_all_where_nothing_costs() -> None:
    spent = {"m": 0.125, "j": 1_000.5}
    each = "(m $0.1250, j $1,000.5000)"
    assert Snapshot([], 0.0, spent, 2_000.0).spending() == (
        f"spent or reserved: $1,000.6250 of $2,000.00 {each}"
    )
    assert Snapshot([], 0.0, spent).spending() == f"spent or reserved: $1,000.6250 {each}"
    assert Snapshot([], 0.0, {}, 2_000.0).spending() is None


def test_a_snapshot_comes_out_of_a_file_as_it_went_in() -> None:
    snapshot = Snapshot(rows(), 12.5, {"m": 0.5}, 3.0)
    assert Snapshot.from_dict(json.loads(json.dumps(snapshot.as_dict()))) == snapshot


@pytest.mark.parametrize(
    ("stage", "model", "name"),
    [
        ("elicit", "gemma_2_2b", "elicit gemma_2_2b"),
        ("judge gemma_2_27b", "judge-gemma_2_27b", "judge gemma_2_27b"),
        ("judge gemma_2_2b", "gemma_2_2b", "judge gemma_2_2b"),
        ("judge mine", "gemma_2_2b", "judge mine gemma_2_2b"),
        ("measure", "", "measure"),
    ],
)
def test_a_row_is_named_by_its_stage_and_its_model_once(stage: str, model: str, name: str) -> None:
    assert StageProgress(stage, model).name == name


@pytest.mark.parametrize(
    ("row", "phase", "state"),
    [
        (StageProgress("elicit", "m", 4), "waiting", "waiting"),
        (StageProgress("elicit", "m", 4, begun=True), "waiting", "waiting"),
        (StageProgress("elicit", "m", 4, begun=True, loading=1), "waiting", "loading"),
        (StageProgress("elicit", "m", 4, begun=True, replicas=1, loading=1), "working", ""),
        (StageProgress("elicit", "m", 4, 4, 0, replicas=1), "done", "done"),
        (StageProgress("elicit", "m", 4, 4, 4), "done", "reused"),
        (StageProgress("elicit", "m", 4, 2, abandoned="no", replicas=1), "stopped", "stopped"),
        (StageProgress("measure"), "waiting", "waiting"),
        (StageProgress("measure", begun=True), "working", "working"),
        (StageProgress("measure", begun=True, ended=True), "done", "done"),
    ],
)
def test_a_row_waits_works_stops_or_is_done(row: StageProgress, phase: str, state: str) -> None:
    assert (row.phase, row.state, row.generating) == (phase, state, state == "")


def test_a_row_whose_last_answers_are_late_is_ending_and_not_done() -> None:
    row = StageProgress("elicit", "m", 100, 96, begun=True, replicas=1, seconds=80.0, tokens=9000)
    row.settled = 99
    assert (row.state, row.generating) == ("", True)
    row.settled = 100
    assert (row.phase, row.state, row.generating) == ("working", "ending", True)
    assert plain_text(row) == "elicit m: 96 of 100 requests, 112 tokens/s, ending"
