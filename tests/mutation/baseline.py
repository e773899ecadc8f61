"""Baseline of a room: its tests' times and the lines that each executes, with nothing changed."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests.mutation.mutants import Mutant
from tests.mutation.processes import fork
from tests.mutation.rooms import ROOT, Room

OPTIONS = ["-q", "-p", "no:cacheprovider", "--no-header", "--hypothesis-profile=mutation"]
"""Options of every run of pytest."""

MARKERS = "not engine and not cluster"

# Shrinking an example takes long and changes no verdict.
hypothesis.settings.register_profile(
    "mutation", deadline=None, derandomize=True, database=None,
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
)  # fmt: skip


@dataclass
class Baseline:
    """Running of a room's tests on unchanged code: their times, and the lines they reach."""

    seconds: dict[str, float] = field(default_factory=dict)
    """Processor time by test."""
    lines: dict[str, dict[int, list[str]]] = field(default_factory=dict)
    """Tests by the line of a module that they execute."""
    imports: list[str] = field(default_factory=list)
    """Modules of other packages that the tests import."""
    failed: list[str] = field(default_factory=list)

    def tests_of(self, mutant: Mutant, seconds: float) -> list[str]:
        """Return the tests that reach a mutant, or else its function, or its module; quick first.

        The lines that are executed on import belong to no test: for constants all tests of the
        module run. Those of the module's own test file run whatever they take, the others only
        while together they take no more than `seconds` of processor time.
        """
        by_line = self.lines.get(mutant.module, {})
        for first, last in (mutant.lines, mutant.around, (0, sys.maxsize)):
            tests = {t for line, of in by_line.items() if first <= line <= last for t in of}
            if tests:
                break
        else:
            return []
        file = f"/test_{Path(mutant.module).name}::"
        order = sorted(tests, key=lambda test: (self._time(test), test))
        others = [test for test in order if file not in test]
        ends = accumulate(map(self._time, others))
        beyond = {test for test, end in zip(others, ends, strict=True) if end > seconds}
        return [test for test in order if test not in beyond] or order[:1]

    def _time(self, test: str) -> float:
        return self.seconds.get(test, 0.0)


def baseline(room: Room) -> Baseline:
    """Run a room's tests once, unchanged.

    Raises SystemExit if one of them fails: no mutant says anything then.
    """
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "baseline.json"
        child = fork(lambda: _record(room, place), Path(folder))
        child.wait()
        if not place.exists():
            raise SystemExit(f"the tests of {room.name} did not run:\n{child.output()[-3000:]}")
        found = Baseline(**json.loads(place.read_text()))
        if found.failed:
            raise SystemExit(
                f"tests of {room.name} fail without any mutant: {', '.join(found.failed)}"
            )
    found.lines = {
        module: {int(line): tests for line, tests in by_line.items()}
        for module, by_line in found.lines.items()
    }
    return found


def _record(room: Room, place: Path) -> int:
    import coverage

    sources = [str(file) for file in room.module_files()]
    meter = coverage.Coverage(data_file=None, include=sources, config_file=False)
    plugin = _Recorder(meter)
    meter.start()
    markers = MARKERS if room.slow else f"{MARKERS} and not slow"
    code = pytest.main(
        [*OPTIONS, "-m", markers, "--tb=short", f"--basetemp={place.parent / 'tmp'}",
         *room.test_files()],
        plugins=[plugin],
    )  # fmt: skip
    meter.stop()
    found = plugin.found
    data = meter.get_data()
    for source in sources:
        by_line = data.contexts_by_lineno(source) if source in data.measured_files() else {}
        found.lines[str(Path(source).relative_to(ROOT))] = {
            line: [test for test in tests if test] for line, tests in by_line.items()
        }
    found.imports = [n for n, module in sys.modules.items() if getattr(module, "__spec__", None)]
    if not found.seconds:
        return int(code)
    place.write_text(json.dumps(vars(found)))
    return 0


class _Recorder:
    """Plugin that tells the coverage of the tests apart and times them."""

    def __init__(self, meter: Any) -> None:
        self.found = Baseline()
        self._meter = meter

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        began = time.process_time()
        self._meter.switch_context(item.nodeid)
        yield
        self._meter.switch_context("")
        self.found.seconds[item.nodeid] = time.process_time() - began

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and report.nodeid not in self.found.failed:
            self.found.failed.append(report.nodeid)
