"""Fixtures of several rooms: the repository, the console command, a small run."""

from __future__ import annotations

import importlib.util
import os
import secrets
import signal
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from culture_ray.cli import main as cli
from culture_ray.settings.run import Settings
from tests import scheduling
from tests.mixed_run import mixed_run, own_mixed_run  # noqa: F401 - fixtures of several rooms
from tests.quick_hydra import quick_hydra  # noqa: F401 - a fixture
from tests.small import small_settings
from tests.submission.standin_slurm import slurm_bin  # noqa: F401 - a fixture

ROOT = Path(__file__).resolve().parents[1]

# How long an example takes depends on what else the machine does; nothing is asserted about time.
# A commit passes or fails, whoever runs its tests and how often: the examples are the same ones.
# `make chaos` looks for new ones.
hypothesis.settings.register_profile("same", deadline=None, derandomize=True)
hypothesis.settings.register_profile("search", deadline=None, max_examples=1000)
hypothesis.settings.load_profile("same")

# Ray reads its mode of authentication when it is imported, and vLLM imports Ray: in a process that
# tests both, the mode has to stand before either.
os.environ.setdefault("RAY_AUTH_MODE", "token")
os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option by which several processes share the test files."""
    parser.addoption("--part", default="1/1", help="part I/N of the test files, such as 2/3")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Ignore the test files of other parts; None leaves a file to the other hooks."""
    number, parts = map(int, config.getoption("--part").split("/"))
    if parts == 1 or not collection_path.name.startswith("test_"):
        return None
    place = str(collection_path.relative_to(ROOT)).encode()
    return True if zlib.crc32(place) % parts != number - 1 else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests before `-m` chooses, and arrange them where several processes share them."""
    scheduling.mark_slow(items)
    if hasattr(config, "workerinput"):
        scheduling.arrange(items)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Return this repository's scheduler for `--dist loadscope`, None for the other ways."""
    scoped = config.getvalue("dist") == "loadscope"
    return scheduling.ChainsAndFiles(config, log) if scoped else None


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip tests of the engine where it is not installed; importing it to see takes seconds."""
    if item.get_closest_marker("engine") and importlib.util.find_spec("vllm") is None:
        pytest.skip("the extra cpu is not installed")


@dataclass(frozen=True)
class Said:
    """Exit code and output of a command."""

    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The one line on standard error of a command that refused its input."""
        assert self.code == 2, f"exit code {self.code}, standard error: {self.err}"
        assert "Traceback" not in self.err + self.out
        lines = self.err.splitlines()
        assert len(lines) == 1, f"{len(lines)} lines: {self.err}"
        assert lines[0].startswith("culture-ray: ")
        return lines[0].removeprefix("culture-ray: ")


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as the current one, so that results/ and anything stray land in it."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "80")
    return folder


@pytest.fixture
def culture_ray(
    workplace: Path, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Said]]:
    """The console command within this process: `culture_ray("plan", "seed=2")`."""
    before = signal.getsignal(signal.SIGTERM)

    def run(*words: str) -> Said:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            cli.main(list(words))
        said = capsys.readouterr()
        return Said(int(left.value.code or 0), said.out, said.err)

    yield run
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def in_a_process(workplace: Path) -> Callable[..., Said]:
    """A command in a process of its own, with this repository's package."""

    def run(*command: str | Path, timeout: float = 300) -> Said:
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        ended = subprocess.run(
            [str(word) for word in command],
            check=False, capture_output=True, text=True, env=environment, timeout=timeout,
        )  # fmt: skip
        return Said(ended.returncode, ended.stdout, ended.stderr)

    return run


@pytest.fixture(scope="session")
def console_script() -> Path:
    """The installed console script."""
    return Path(sys.executable).parent / "culture-ray"


@pytest.fixture
def small(tmp_path: Path) -> Settings:
    """Settings of a small run: the embedded model, two languages, eight topics."""
    return small_settings(tmp_path / "results")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Makes a file system of so many KiB; skips where none can be mounted."""
    place = tmp_path / "disk"

    def make(kib: int) -> Path:
        place.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={kib}k", "culture_ray_test", str(place)]
        try:
            mounted = subprocess.run(command, check=False, capture_output=True, text=True)
        except FileNotFoundError:
            pytest.skip("there is no mount command to make a small disk with")
        if mounted.returncode:
            pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
        return place

    yield make
    if place.is_mount():
        subprocess.run(["umount", "--lazy", str(place)], check=True)
