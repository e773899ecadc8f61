"""Run a room's tests in a forked process, with one module's source replaced.

The parent imports what the tests need except the package and the tests themselves, so that a fork
has only those left to import. A fork is limited by the processor time that it uses: how long it
takes depends on what else the machine does.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from types import ModuleType
from typing import Any

import hypothesis
import pytest

from tests.mutation.mutants import Mutant
from tests.mutation.rooms import ROOT, Room

_OPTIONS = ["-q", "-p", "no:cacheprovider", "--no-header"]
_MARKERS = "not engine and not cluster"
_OWN = ("culture_ray", "tests")
_CPU_FACTOR, _CPU_LEAST_S = 5, 10
_IDLE_S = 30.0
"""A process that has used no processor time for this long waits for good."""

# Shrinking an example takes long and changes no verdict.
hypothesis.settings.register_profile(
    "mutation", deadline=None, derandomize=True, database=None,
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
)  # fmt: skip


@dataclass
class Baseline:
    """What a room's tests do when nothing is changed."""

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
        child = _fork(lambda: _record(room, place), Path(folder))
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


def preload(modules: Sequence[str], mutated: str = "") -> None:
    """Import modules into this process: of the package only those that do not need `mutated`.

    Without a mutated module none of the package is imported.
    """
    for name in [name for name in sys.modules if name.partition(".")[0] == "culture_ray"]:
        del sys.modules[name]
    blocked = _Blocked(mutated)
    sys.meta_path.insert(0, blocked)
    for name in modules:
        room = name.partition(".")[0]
        if room not in _OWN or (mutated and room == "culture_ray"):
            with contextlib.suppress(Exception):
                importlib.import_module(name)
    sys.meta_path.remove(blocked)


def outcomes(
    mutants: Sequence[Mutant], known: Baseline, *, jobs: int, seconds: float
) -> Iterator[tuple[Mutant, str]]:
    """Yield each mutant with "killed", "survived", "timeout" or "no tests"."""
    waiting, module = list(mutants), ""
    running: dict[_Child, Mutant] = {}
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
                child = _fork(_tester(mutant, tests, place), place, int(allowed))
                running[child] = mutant
            for child in [c for c in running if c.ended()]:
                yield running.pop(child), child.verdict()
                shutil.rmtree(child.folder, ignore_errors=True)
            time.sleep(0.01)


class _Child:
    """A forked process, the leader of its group."""

    def __init__(self, pid: int, folder: Path, cpu_s: int | None) -> None:
        self.folder = folder
        self._pid, self._status = pid, -1
        self._limited, self._used, self._used_at = cpu_s is not None, "", time.monotonic()

    def ended(self) -> bool:
        """Return True if it has ended; end it if it waits for good."""
        pid, status = os.waitpid(self._pid, os.WNOHANG)
        if pid:
            self._status = status
        elif (used := self._processor_time()) != self._used:
            self._used, self._used_at = used, time.monotonic()
        if pid or (self._limited and time.monotonic() - self._used_at > _IDLE_S):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._pid, signal.SIGKILL)
        return bool(pid)

    def _processor_time(self) -> str:
        """Return the kernel's counts of its time, its own and that of its children."""
        fields = Path(f"/proc/{self._pid}/stat").read_text().rpartition(")")[2].split()
        return " ".join(fields[11:15])

    def wait(self) -> None:
        """Wait for its end."""
        while not self.ended():
            time.sleep(0.05)

    def verdict(self) -> str:
        """Return "killed", "survived" or "timeout"."""
        if os.WIFSIGNALED(self._status):
            limits = {signal.SIGXCPU, signal.SIGKILL}
            return "timeout" if os.WTERMSIG(self._status) in limits else "killed"
        return "survived" if os.WEXITSTATUS(self._status) == pytest.ExitCode.OK else "killed"

    def output(self) -> str:
        """Return what it wrote."""
        return (self.folder / "output").read_text(errors="replace")


def _fork(act: Callable[[], int], folder: Path, cpu_s: int | None = None) -> _Child:
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return _Child(pid, folder, cpu_s)
    code = 70
    try:
        os.setpgid(0, 0)
        if cpu_s is not None:
            resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 5))
        output = os.open(folder / "output", os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.chdir(ROOT)
        code = act()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _tester(mutant: Mutant, tests: Sequence[str], place: Path) -> Callable[[], int]:
    def test() -> int:
        sys.meta_path.insert(0, _Replaced(mutant))
        files = sorted({test.partition("::")[0] for test in tests})
        options = [*_OPTIONS, "-m", _MARKERS, "-x", "--tb=no", f"--basetemp={place / 'tmp'}"]
        return int(pytest.main([*options, "--hypothesis-profile=mutation", *files],
                               plugins=[_Only(tests)]))  # fmt: skip

    return test


def module_name(file: str) -> str:
    """Return the name by which a file is imported."""
    return file.removesuffix(".py").replace("/", ".")


class _Blocked(importlib.abc.MetaPathFinder):
    """Finder that refuses one module, and so all that import it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def find_spec(
        self, name: str, path: Any = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name == self._name:
            raise ImportError(f"{name} is not imported before it is mutated")
        return None


class _Replaced(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finder and loader of one module, whose source is a mutant's; leaves no compiled file."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant, self._file = mutant, str(ROOT / mutant.module)

    def find_spec(
        self, name: str, path: Any = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != module_name(self._mutant.module):
            return None
        return importlib.util.spec_from_file_location(name, self._file, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._mutant.source, self._file, "exec"), vars(module))


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


def _record(room: Room, place: Path) -> int:
    import coverage

    sources = [str(file) for file in room.module_files()]
    meter = coverage.Coverage(data_file=None, include=sources, config_file=False)
    plugin = _Recorder(meter)
    meter.start()
    markers = _MARKERS if room.slow else f"{_MARKERS} and not slow"
    code = pytest.main(
        [*_OPTIONS, "-m", markers, "--tb=short", f"--basetemp={place.parent / 'tmp'}",
         "--hypothesis-profile=mutation", *room.test_files()],
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
