"""Distribution of the tests over worker processes: which ones stay together, and in what order.

Tests on a real Slurm, Ray or vLLM mostly wait for processes to start and to end, so that one chain
of each kind can run beside the others; two Slurms, storms on Ray or vLLMs at a time cannot. Files
that read the same expensive fixture stay together, so that it is made once.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).resolve().parents[1]

GROUPS = {
    "slurm": re.compile(r"tests\.slurm\b"),
    "vllm": re.compile(r"mark\.engine\b"),
    "ray": re.compile(r"mark\.cluster\b"),
    "report": re.compile(r"\b(full|weak|whole): |\bfigures: WebDriver\b"),
    "mixed_run": re.compile(r"mixed_run\b"),
}
"""Groups of files by what stands in them, those that take longest first."""

SLOW_FIXTURES = {"full", "weak"}
"""Session fixtures that cost so much that tests with them are slow: every drawing of a report."""


class ChainsAndFiles(LoadScopeScheduling):
    """Hands out groups as they were collected, and files without a group one by one."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return group_of(file) or file


def mark_slow(items: list[pytest.Item]) -> None:
    """Mark the tests that are slow because of their fixtures."""
    for item in items:
        if SLOW_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


def arrange(items: list[pytest.Item]) -> None:
    """Put what takes longest first: groups, then files with slow tests, then the others."""
    items.sort(key=_rank)


@cache
def group_of(file: str) -> str | None:
    """Return the group of a test file, given relative to the repository; None without one."""
    if file.startswith("tests/slurm/"):
        return "slurm"
    text = (ROOT / file).read_text(encoding="utf-8")
    return next((name for name, known in GROUPS.items() if known.search(text)), None)


def _rank(item: pytest.Item) -> int:
    group = group_of(item.nodeid.partition("::")[0])
    if group is not None:
        return list(GROUPS).index(group)
    return len(GROUPS) + (1 if item.get_closest_marker("slow") else 2)
