"""Run every benchmark: python -m tests.bench."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.bench import (
    analyse,
    benchmark_scores,
    benchmarks,
    bootstrap,
    commands,
    engine_rate,
    large,
    populations,
    rate_limits,
    report,
    scale,
    schedule,
    spending,
)
from tests.bench.figure import Figure, keep


def _all() -> Iterator[Figure]:
    yield from commands.figures()
    yield from analyse.figures()
    yield from bootstrap.figures()
    yield from benchmark_scores.figures()
    yield from populations.figures()
    yield from scale.figures()
    yield from benchmarks.figures()
    yield from schedule.figures()
    yield from engine_rate.figures()
    yield from large.figures()
    yield from spending.figures()
    yield from report.figures()
    yield from rate_limits.figures()


if __name__ == "__main__":
    keep(_all(), Path("results") / "bench.json")
