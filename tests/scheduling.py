"""Distribution of the tests over worker processes: which ones stay together, and in what order.

Tests on a real Slurm, Ray or vLLM mostly wait for processes to start and to end, so that one chain
of each kind can run beside the others; two Slurms, storms on Ray or vLLMs at a time cannot. Tests
that read the same expensive fixture stay together, so that it is made once.
"""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadGroupScheduling

CHAINS = ("slurm", "ray", "vllm")

FIXTURES = {
    "report": {"full", "weak", "whole"},
    "mixed_run": {"mixed_run"},
}
"""Groups of tests by session fixtures that cost seconds to make."""

SLOW_FIXTURES = {"full", "weak"}
"""Session fixtures that cost so much that tests with them are slow: every drawing of a report."""


class ChainsAndFiles(LoadGroupScheduling):
    """Hand out groups as they were collected, and tests without a group file by file."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        scope: str = super()._split_scope(nodeid)
        return scope if scope != nodeid else nodeid.partition("::")[0]


def mark_slow(items: list[pytest.Item]) -> None:
    """Mark the tests that are slow because of their fixtures."""
    for item in items:
        if SLOW_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


def arrange(items: list[pytest.Item]) -> None:
    """Mark every test with its group and put what takes longest first."""
    for item in items:
        if group := group_of(item):
            item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=_rank)


def group_of(item: pytest.Item) -> str | None:
    """Return the group of a test; None if it goes with the other tests of its file."""
    if item.nodeid.startswith("tests/slurm/"):
        return "slurm"
    if item.get_closest_marker("engine"):
        return "vllm"
    if item.get_closest_marker("cluster"):
        return "ray"
    used = set(getattr(item, "fixturenames", ()))
    return next((name for name, fixtures in FIXTURES.items() if used & fixtures), None)


def _rank(item: pytest.Item) -> tuple[int, str]:
    """Chains, then shared fixtures, then files with slow tests, then the others."""
    group = group_of(item)
    if group in CHAINS:
        return CHAINS.index(group), group
    if group:
        return len(CHAINS), group
    return len(CHAINS) + (1 if item.get_closest_marker("slow") else 2), ""
