"""Rows that a terminal has no room for are summed up, and nothing is lost."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from culture_ray.sweep.progress.folding import folded
from culture_ray.sweep.progress.line import StageProgress

STAGES = ("elicit", "judge a", "judge b")


@st.composite
def sweeps(draw: st.DrawFn) -> list[StageProgress]:
    lines = []
    for stage in STAGES:
        for number in range(draw(st.integers(0, 6))):
            total = draw(st.integers(1, 50))
            done = draw(st.sampled_from([0, total // 2, total]))
            line = StageProgress(stage, f"m{number}", total, done, replicas=draw(st.integers(0, 1)))
            line.failures = draw(st.dictionaries(st.sampled_from("xyz"), st.integers(1, 9)))
            line.broken = draw(st.sampled_from(["", "", "it cannot"]))
            lines.append(line)
    return [*lines, StageProgress("measure"), StageProgress("report")]


def sums(lines: list[StageProgress]) -> tuple[int, int, Counter[str]]:
    failures: Counter[str] = Counter()
    for line in lines:
        failures.update(line.failures)
    return sum(line.total for line in lines), sum(line.done for line in lines), failures


@given(sweeps(), st.integers(1, 30))
def test_what_is_summed_up_is_neither_lost_nor_counted_twice(
    lines: list[StageProgress], most: int
) -> None:
    shown = folded(lines, most)
    assert sums(shown) == sums(lines)
    assert len(shown) <= len(lines)
    if len(lines) <= most:
        assert shown == lines
    kept = [line for line in lines if line.phase in ("working", "stopped") or not line.model]
    assert [line for line in shown if line in kept] == kept
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
    names = [line.name for line in folded([*done, works, *waits], 5)]
    assert names == ["elicit 3 models", "elicit w", "elicit n0", "elicit n1", "elicit n2"]
    names = [line.name for line in folded([*done, works, *waits], 4)]
    assert names == ["elicit 3 models", "elicit w", "elicit 3 models"]
