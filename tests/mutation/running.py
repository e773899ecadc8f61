"""Run a room's tests in forked processes, with one module's source replaced.

The parent imports what the tests need except the package and the tests themselves, so that a fork
has only those left to import.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.mutation.baseline import MARKERS, OPTIONS, Baseline
from tests.mutation.mutants import Mutant
from tests.mutation.processes import Child, fork
from tests.mutation.replacing import Replaced, module_name, preload

_CPU_FACTOR, _CPU_LEAST_S = 5, 10


def outcomes(
    mutants: Sequence[Mutant], known: Baseline, *, jobs: int, seconds: float
) -> Iterator[tuple[Mutant, str]]:
    """Yield each mutant with "killed", "survived", "timeout" or "no tests"."""
    waiting, module = list(mutants), ""
    running: dict[Child, Mutant] = {}
    with tempfile.TemporaryDirectory() as folder:
        while waiting or running:
            while waiting and len(running) < jobs:
                mutant = waiting.pop(0)
                if mutant.module != module:
                    module = mutant.module
                    preload(known.imports, module_name(module))
                tests = known.tests_of(mutant, seconds)
                if not tests:
                    yield mutant, "no tests"
                    continue
                allowed = _CPU_LEAST_S + _CPU_FACTOR * sum(known.seconds.get(t, 0) for t in tests)
                place = Path(folder) / mutant.key
                place.mkdir()
                child = fork(_tester(mutant, tests, place), place, int(allowed))
                running[child] = mutant
            for child in [c for c in running if c.ended()]:
                yield running.pop(child), child.verdict()
                shutil.rmtree(child.folder, ignore_errors=True)
            time.sleep(0.01)


def _tester(mutant: Mutant, tests: Sequence[str], place: Path) -> Callable[[], int]:
    def test() -> int:
        sys.meta_path.insert(0, Replaced(mutant))
        files = sorted({test.partition("::")[0] for test in tests})
        options = [*OPTIONS, "-m", MARKERS, "-x", "--tb=no", f"--basetemp={place / 'tmp'}"]
        return int(pytest.main([*options, *files], plugins=[_Only(tests)]))

    return test


class _Only:
    """Plugin that runs some of the collected tests, in their order."""

    def __init__(self, tests: Sequence[str]) -> None:
        self._order = {test: at for at, test in enumerate(tests)}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted(
            (item for item in items if item.nodeid in self._order),
            key=lambda item: self._order[item.nodeid],
        )
