"""The display fits a terminal of any size, and does not move while figures change."""

from __future__ import annotations

import io
from collections import Counter
from copy import deepcopy
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from culture_ray.sweep.progress.display import format_duration, plain_text, render, summed_up
from culture_ray.sweep.progress.snapshot import Snapshot, StageProgress


def sweep() -> Snapshot:
    """A sweep at work, of several models, some of which have failures."""
    plan = (300.0, 560.0)
    moving = StageProgress("elicit", "gemma_2_9b", 10_800, 1_296, 1_200, planned=plan)
    moving.begun, moving.replicas, moving.in_flight = True, 2, 512
    moving.seconds, moving.settled, moving.tokens = 100.0, 100, 28_000
    moving.failures = {"prompt too long": 7, "engine died": 3}
    rows = [
        StageProgress("elicit", "gemma_2_2b", 10_800, 10_800, planned=plan, begun=True),
        moving,
        StageProgress("elicit", "gemma_2_27b", 10_800, begun=True, loading=1, planned=plan),
        StageProgress("judge gemma_2_27b", "judge-gemma_2_27b", 32_400, planned=plan),
        StageProgress("measure"),
    ]
    return Snapshot(rows, 3_725.0, {"gpt_4o": 1.5}, 50.0)


def shown(snapshot: Snapshot, width: int, height: int | None = None) -> list[str]:
    file = io.StringIO()
    console = Console(file=file, width=width, height=100, color_system=None)
    console.print(render(snapshot, width, height))
    return [row.rstrip() for row in file.getvalue().splitlines()]


def test_eighty_columns_have_bars_the_pace_its_share_of_the_plan_and_the_time_left() -> None:
    assert shown(sweep(), 80) == [
        "stage                              requests  failed  tokens/s  of plan      left",
        "elicit gemma_2_2b   ━━━━━━━━  10,800/10,800       0                         done",
        "elicit gemma_2_9b   ╾───────   1,296/10,800      10       280     50 %   2:38:20",
        "elicit gemma_2_27b  ────────       0/10,800       0                      loading",
        "judge gemma_2_27b   ────────       0/32,400       0                      waiting",
        "measure                                                                  waiting",
        "elicit gemma_2_9b: 10 failed: 7 prompt too long, 3 engine died",
        "spent or reserved: $1.5000 of $50.00 (gpt_4o $1.5000)",
        "1:02:05 elapsed",
    ]


def test_a_wide_terminal_also_shows_what_is_in_flight() -> None:
    heads, _, moving, *_ = shown(sweep(), 160)
    assert heads.split()[:3] == ["stage", "requests", "in"]
    assert moving.split()[-6:] == ["512", "10", "280", "50", "%", "2:38:20"]
    assert len(moving) <= 160


def test_a_narrow_terminal_keeps_requests_and_time_left_and_breaks_names() -> None:
    rows = shown(sweep(), 36)
    assert rows[0].split() == ["stage", "requests", "left"]
    assert "elicit        1,296/10,800   2:38:20" in rows
    assert "gemma_2_9b" in rows
    assert not any("…" in row for row in rows)


@pytest.mark.slow
@given(st.integers(40, 200), st.integers(8, 60), st.integers(1, 60))
def test_no_row_is_too_long_and_no_terminal_too_low(width: int, height: int, models: int) -> None:
    snapshot = sweep()
    many = [
        StageProgress("elicit", f"gpt_{i}", 10_800, failures={"busy": i}) for i in range(models)
    ]
    rows = shown(
        Snapshot([*many, *snapshot.rows], snapshot.seconds, snapshot.dollars, 50.0), width, height
    )
    assert max(len(row) for row in rows) <= width
    if height >= 16:
        assert len(rows) < height
        assert rows[-1] == "1:02:05 elapsed"


def test_a_low_terminal_sums_up_what_is_done_and_says_how_much_is_not_shown() -> None:
    snapshot = sweep()
    done = [StageProgress("elicit", f"gpt_{i}", 1_000, 1_000) for i in range(5)]
    rows = shown(Snapshot([*done, *snapshot.rows], snapshot.seconds), 80, 8)
    assert [" ".join(row.split()) for row in rows] == [
        "stage requests failed tokens/s of plan left",
        "elicit 6 models ━━━━━━━━ 15,800/15,800 0 done",
        "elicit gemma_2_9b ╾─────── 1,296/10,800 10 280 50 % 2:38:20",
        "elicit gemma_2_27b ──────── 0/10,800 0 loading",
        "and 2 more",
        "elicit gemma_2_9b: 10 failed: 7 prompt too long, 3 engine died",
        "1:02:05 elapsed",
    ]


@pytest.mark.slow
@given(st.integers(40, 200), st.data())
def test_no_column_comes_or_moves_while_figures_change(width: int, data: st.DataObject) -> None:
    before = sweep()
    after = deepcopy(before)
    for row in after.rows:
        row.done = data.draw(st.sampled_from([0, row.total // 2, row.total]))
        row.replicas = data.draw(st.integers(0, 3))
        row.loading = data.draw(st.integers(0, 1))
        row.seconds = data.draw(st.floats(10.0, 1e6))
        row.tokens = data.draw(st.integers(0, 9 * 10**6))
        row.settled = data.draw(st.integers(0, row.total))
        row.in_flight = data.draw(st.integers(0, 4_096))
        row.failures = data.draw(
            st.dictionaries(st.sampled_from("abc"), st.integers(1, row.total // 3 + 1))
        )
    assert shown(before, width)[0] == shown(after, width)[0]


def test_nothing_is_shown_before_it_is_known_what_is_asked() -> None:
    assert shown(Snapshot([], 12.0), 80) == [""]
    assert shown(Snapshot([StageProgress("measure"), StageProgress("report")], 12.0), 80) == [""]
    assert shown(
        Snapshot([StageProgress("measure", begun=True), StageProgress("report")], 12.0), 80
    ) != [""]


@pytest.mark.slow
@given(st.integers(0, 500), st.integers(1, 500))
def test_a_bar_is_as_long_as_what_is_done_and_never_runs_backwards(done: int, total: int) -> None:
    def bar(done: int) -> str:
        row = shown(Snapshot([StageProgress("elicit", "m", total, min(done, total))]), 90)[1]
        return row.removeprefix("elicit m  ").split()[0]

    now, later = bar(done), bar(done + 1)
    width = len(now)
    assert width == len(later) >= 20
    assert (now == "━" * width) == (done >= total)
    assert (now == "─" * width) == (2 * width * done < total)
    assert [later.count(mark) for mark in "━╾"] >= [now.count(mark) for mark in "━╾"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "?"),
        (0, "0:00"),
        (9.6, "0:10"),
        (61, "1:01"),
        (3599.7, "1:00:00"),
        (7325, "2:02:05"),
        (360_000, "4 days"),
        (1e12, "years"),
    ],
)
def test_times_are_shown_as_clocks(seconds: float | None, words: str) -> None:
    assert format_duration(seconds) == words


def test_words_have_what_the_table_has() -> None:
    _, moving, loading, waiting, work = sweep().rows
    assert plain_text(moving) == (
        "elicit gemma_2_9b: 1,296 of 10,800 requests, 10 failed: 7 prompt too long, 3 engine died, "
        "280 tokens/s, 2:38:20 left"
    )
    assert plain_text(loading) == "elicit gemma_2_27b: 0 of 10,800 requests, loading"
    assert plain_text(waiting) == "judge gemma_2_27b: 0 of 32,400 requests"
    assert plain_text(work) == "measure: waiting"


STAGES = ("elicit", "judge a", "judge b")


@st.composite
def sweeps(draw: st.DrawFn) -> list[StageProgress]:
    rows = []
    for stage in STAGES:
        for number in range(draw(st.integers(0, 6))):
            total = draw(st.integers(1, 50))
            done = draw(st.sampled_from([0, total // 2, total]))
            row = StageProgress(stage, f"m{number}", total, done, replicas=draw(st.integers(0, 1)))
            row.failures = draw(st.dictionaries(st.sampled_from("xyz"), st.integers(1, 9)))
            row.abandoned = draw(st.sampled_from(["", "", "it cannot"]))
            rows.append(row)
    return [*rows, StageProgress("measure"), StageProgress("report")]


def sums(rows: list[StageProgress]) -> tuple[int, int, Counter[str]]:
    failures: Counter[str] = Counter()
    for row in rows:
        failures.update(row.failures)
    return sum(row.total for row in rows), sum(row.done for row in rows), failures


@pytest.mark.slow
@given(sweeps(), st.integers(1, 30))
def test_what_is_summed_up_is_neither_lost_nor_counted_twice(
    rows: list[StageProgress], most: int
) -> None:
    shown = summed_up(rows, most)
    assert sums(shown) == sums(rows)
    assert len(shown) <= len(rows)
    if len(rows) <= most:
        assert shown == rows
    kept = [row for row in rows if row.phase in ("working", "stopped") or not row.model]
    assert [row for row in shown if row in kept] == kept
    if len(shown) > most:
        assert not any(
            a.phase == b.phase and a.phase in ("done", "waiting")
            and a.stage.split()[0] == b.stage.split()[0]
            for a, b in pairwise(shown)
        )  # fmt: skip


def test_what_is_done_is_summed_up_before_what_waits() -> None:
    done = [StageProgress("elicit", f"d{i}", 8, 8) for i in range(3)]
    works = StageProgress("elicit", "w", 8, 2, replicas=1)
    waits = [StageProgress("elicit", f"n{i}", 8) for i in range(3)]
    names = [row.name for row in summed_up([*done, works, *waits], 5)]
    assert names == ["elicit 3 models", "elicit w", "elicit n0", "elicit n1", "elicit n2"]
    names = [row.name for row in summed_up([*done, works, *waits], 4)]
    assert names == ["elicit 3 models", "elicit w", "elicit 3 models"]
