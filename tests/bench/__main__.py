"""Run every benchmark: python -m tests.bench."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.bench import analyse, bootstrap, schedule
from tests.bench.figure import Figure, keep


def _all() -> Iterator[Figure]:
    yield from analyse.figures()
    yield from bootstrap.figures()
    yield from schedule.figures()


if __name__ == "__main__":
    keep(_all(), Path("results") / "bench.json")
