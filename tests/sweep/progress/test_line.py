"""A line says how far one stage of one model is."""

from __future__ import annotations

import pytest

from culture_ray.sweep.progress.display import in_words
from culture_ray.sweep.progress.line import StageProgress


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
def test_a_line_is_named_by_its_stage_and_its_model_once(stage: str, model: str, name: str) -> None:
    assert StageProgress(stage, model).name == name


@pytest.mark.parametrize(
    ("line", "phase", "state"),
    [
        (StageProgress("elicit", "m", 4), "waiting", "waiting"),
        (StageProgress("elicit", "m", 4, begun=True), "waiting", "waiting"),
        (StageProgress("elicit", "m", 4, begun=True, loading=1), "waiting", "loading"),
        (StageProgress("elicit", "m", 4, begun=True, replicas=1, loading=1), "working", ""),
        (StageProgress("elicit", "m", 4, 4, 0, replicas=1), "done", "done"),
        (StageProgress("elicit", "m", 4, 4, 4), "done", "was done"),
        (StageProgress("elicit", "m", 4, 2, broken="no", replicas=1), "stopped", "stopped"),
        (StageProgress("measure"), "waiting", "waiting"),
        (StageProgress("measure", begun=True), "working", "working"),
        (StageProgress("measure", begun=True, ended=True), "done", "done"),
    ],
)
def test_a_line_waits_works_stops_or_is_done(line: StageProgress, phase: str, state: str) -> None:
    assert (line.phase, line.state, line.moving) == (phase, state, state == "")


def test_a_line_whose_last_answers_are_late_is_ending_and_not_done() -> None:
    line = StageProgress("elicit", "m", 100, 96, begun=True, replicas=1, seconds=80.0, tokens=9000)
    line.settled = 99
    assert (line.state, line.moving) == ("", True)
    line.settled = 100
    assert (line.phase, line.state, line.moving) == ("working", "ending", True)
    assert in_words(line) == "elicit m: 96 of 100 requests, 112 tokens/s, ending"
