"""The timeline as lanes, on a clock that leaves long pauses out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.report.content import ReportContent
from culture_ray.report.plots.resources.timeline_lanes import (
    duration_text,
    make_clock,
    timeline_lanes,
)
from culture_ray.tables import TIMELINE
from tests.report.synthetic.content import make_content
from tests.report.whole_run import timeline

BEGAN = datetime(2025, 6, 1, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def content() -> ReportContent:
    return make_content(topics=3, responses=2)


def at(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def ran(content: ReportContent, *rows: dict[str, object]) -> ReportContent:
    blank = dict.fromkeys(TIMELINE.names) | {
        "event": "unit", "stage": "elicit", "model": "gpt_4o", "replica": "gpt_4o-1-1",
        "node": "10.0.0.1", "gpus": "", "driver": "d",
    }  # fmt: skip
    table = pa.Table.from_pylist([blank | row for row in rows], schema=TIMELINE)
    return replace(content, timeline=table)


def test_a_run_without_a_timeline_has_no_lanes(content: ReportContent) -> None:
    assert timeline_lanes(content) is None
    joined = ran(content, {"event": "join", "replica": None, "at": BEGAN, "seconds": 0.0})
    assert timeline_lanes(joined) is None


def test_replicas_that_follow_each_other_on_a_gpu_share_its_lane(content: ReportContent) -> None:
    found = timeline_lanes(replace(content, timeline=timeline()))
    assert found is not None
    assert found.names == ("GPU 0", "GPU 1")
    by_lane = {lane: {bar.model for bar in found.bars if bar.lane == lane} for lane in (0, 1)}
    assert by_lane == {0: {"gemma_2_2b", "gemma_2_9b"}, 1: {"gemma_2_9b"}}
    assert {bar.stage for bar in found.bars} == {"load", "elicit", "judge"}
    assert [fault.lane for fault in found.faults] == [1]


def test_a_replica_on_two_gpus_is_on_both_their_lanes(content: ReportContent) -> None:
    found = timeline_lanes(ran(content, {"gpus": "2,10", "at": BEGAN, "seconds": 5.0}))
    assert found is not None
    assert found.names == ("GPU 2", "GPU 10")
    assert [(bar.lane, bar.begin, bar.end) for bar in found.bars] == [(0, 0, 5), (1, 0, 5)]


def test_replicas_without_a_gpu_have_a_lane_each_and_machines_are_named(
    content: ReportContent,
) -> None:
    rows = [
        {"replica": f"gpt_4o-77-{n}", "node": f"10.0.0.{n}", "at": at(n), "seconds": 5.0}
        for n in (1, 2)
    ]
    found = timeline_lanes(ran(content, *rows))
    assert found is not None
    assert found.names == ("10.0.0.1  gpt_4o #1", "10.0.0.2  gpt_4o #2")


def test_units_in_hand_together_are_one_bar_and_a_wait_divides_them(
    content: ReportContent,
) -> None:
    rows = [{"at": at(begin), "seconds": took} for begin, took in ((0, 40), (10, 20), (45, 55))]
    found = timeline_lanes(ran(content, *rows))
    assert found is not None
    assert [(bar.begin, bar.end) for bar in found.bars] == [(0, 40), (45, 100)]


def test_of_many_lanes_evenly_spread_ones_are_kept_and_the_rest_is_counted(
    content: ReportContent,
) -> None:
    rows = [{"gpus": str(gpu), "at": BEGAN, "seconds": 5.0} for gpu in range(128)]
    found = timeline_lanes(ran(content, *rows))
    assert found is not None
    assert len(found.names) + found.left_out == 128
    assert found.names[:3] == ("GPU 0", "GPU 3", "GPU 6")


def test_a_long_pause_is_cut_out_and_a_short_one_is_not() -> None:
    clock = make_clock([(at(0), at(100)), (at(110), at(200)), (at(90_000), at(90_100))])
    assert [round(pause.seconds) for pause in clock.pauses] == [89_800]
    assert clock.place(at(110)) == 110
    assert clock.place(at(90_100)) == pytest.approx(clock.length) == pytest.approx(200 + 100 + 5.8)
    assert 200 < clock.pauses[0].at < clock.place(at(90_000))


@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 10**4)), min_size=1, max_size=12),
    st.lists(st.integers(0, 10**6 + 10**4), min_size=2, max_size=9),
)
def test_a_clock_never_runs_backwards_nor_off_its_axis(
    spans: list[tuple[int, int]], moments: list[int]
) -> None:
    clock = make_clock([(at(begin), at(begin + took)) for begin, took in spans])
    places = [clock.place(at(moment)) for moment in sorted(moments)]
    assert places == sorted(places)
    assert places[0] >= 0 and places[-1] <= clock.length


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(40, "40 s"), (119, "119 s"), (720, "12 min"), (7200, "2 h"), (2.5 * 86400, "2.5 days")],
)
def test_times_are_said_as_people_say_them(seconds: float, words: str) -> None:
    assert duration_text(seconds) == words
