"""Rows of a progress display know which of two stages that run together an event belongs to."""

from __future__ import annotations

from culture_ray.sweep.progress.stage_rows import StageRows

TOGETHER = {"elicit": {"m": (10, 0), "n": (4, 0)}, "benchmark": {"m": (6, 0)}}


def _rows() -> StageRows:
    rows = StageRows()
    for stage, totals in TOGETHER.items():
        rows.announce(stage, totals)
    rows.announce("judge j", {"m": (10, 0)})
    rows.announce("report", None)
    rows.begin(TOGETHER)
    return rows


def test_an_event_of_a_stage_goes_to_its_row_and_others_to_the_first_that_is_not_done() -> None:
    rows = _rows()
    assert rows.row("m", "benchmark").stage == "benchmark"
    assert rows.row("m").stage == "elicit"
    rows.row("m", "elicit").done = 10
    assert rows.row("m").stage == "benchmark"
    assert rows.row("n").stage == "elicit"
    rows.row("m", "benchmark").done = 6
    assert rows.row("m").stage == "benchmark"


def test_a_later_stage_of_a_model_takes_the_events_of_one_that_was_left_unfinished() -> None:
    rows = _rows()
    rows.begin({"judge j": {"m": (10, 0)}})
    assert rows.row("m").stage == "judge j"
    assert rows.row("n").stage == "elicit"
    assert [row.stage for row in rows] == ["elicit", "elicit", "benchmark", "judge j", "report"]
