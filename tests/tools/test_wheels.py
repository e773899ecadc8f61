"""A folder of wheels saved from a lock installs where no package index can be reached."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from culture_ray.errors import UnknownName, UserError
from culture_ray.tools.wheels import DEFAULT_LOCK, find_lock, project, save_wheels
from tests.conftest import ROOT, Said

PAPER = ("experiment=paper", "model=[gemma_2_2b]", "judge=[gemma_2_9b]")


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all that pip reaches: one package as a wheel, one as source only."""
    folder = tmp_path / "index"
    folder.mkdir()
    with zipfile.ZipFile(folder / "ready-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("ready.py", "WORD = 'ready'\n")
        archive.writestr(
            "ready-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: ready\nVersion: 1.0\n"
        )
        archive.writestr(
            "ready-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr("ready-1.0.dist-info/RECORD", "")
    source = tmp_path / "sourced-2.0"
    write_project(source, "sourced", "2.0")
    with tarfile.open(folder / "sourced-2.0.tar.gz", "w:gz") as packed:
        packed.add(source, arcname="sourced-2.0")
    for name, value in {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(folder),
        "PIP_NO_BUILD_ISOLATION": "0",  # pip's word for: without isolation, so with this setuptools
        "PIP_CONFIG_FILE": os.devnull,
    }.items():
        monkeypatch.setenv(name, value)
    return folder


def write_project(folder: Path, name: str, version: str) -> None:
    folder.mkdir()
    (folder / "setup.py").write_text(
        "from setuptools import setup\n"
        f"setup(name={name!r}, version={version!r}, py_modules=[{name!r}])\n"
    )
    (folder / "PKG-INFO").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (folder / f"{name}.py").write_text(f"WORD = {name!r}\n")


@pytest.mark.slow
def test_saved_wheels_install_without_an_index(index: Path, tmp_path: Path) -> None:
    lock = tmp_path / "some.lock"
    lock.write_text("ready==1.0\nsourced==2.0\nelsewhere==3.0 ; sys_platform == 'never'\n")
    write_project(tmp_path / "clone", "cloned", "0.1")
    told: list[str] = []
    assert save_wheels(lock, tmp_path / "wheels", tmp_path / "clone", told.append) == 3
    assert told == ["ready", "sourced"]
    wheels = sorted((tmp_path / "wheels").iterdir())
    assert [wheel.name.split("-")[0] for wheel in wheels] == ["cloned", "ready", "sourced"]
    installed = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target",
         tmp_path / "there", *wheels],
        check=False, capture_output=True, text=True,
        env={key: value for key, value in os.environ.items() if not key.startswith("PIP_")},
    )  # fmt: skip
    assert installed.returncode == 0, installed.stderr
    assert {path.name for path in (tmp_path / "there").glob("*.py")} == {
        "cloned.py", "ready.py", "sourced.py",
    }  # fmt: skip


@pytest.mark.slow
def test_a_package_that_cannot_be_had_is_one_line_in_pips_words(
    index: Path, tmp_path: Path
) -> None:
    lock = tmp_path / "some.lock"
    lock.write_text("ready==1.1\n")
    with pytest.raises(UserError, match=r"some\.lock cannot be saved in .*ready==1\.1") as refused:
        save_wheels(lock, tmp_path / "wheels", None)
    assert "\n" not in str(refused.value)


def test_a_lock_is_one_of_the_projects_or_a_file(tmp_path: Path) -> None:
    assert find_lock(DEFAULT_LOCK) == ROOT / "requirements" / "gpu-cuda13.lock"
    (tmp_path / "own.txt").touch()
    assert find_lock(str(tmp_path / "own.txt")) == tmp_path / "own.txt"
    with pytest.raises(UnknownName, match=r"unknown lock 'gpu-cuda'.*gpu-cuda1"):
        find_lock("gpu-cuda")


def test_a_clone_is_saved_as_well() -> None:
    assert project() == ROOT


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--wheels"], "such as --wheels wheels"),
        (["--wheels", "--lock"], "such as --wheels wheels"),
        (["--wheels", "there", "--lock"], "such as --lock gpu-cuda13"),
        (["--lock", "cpu"], "--lock='cpu' cannot be used: expected --wheels FOLDER beside it"),
        (["--wheels", "there", "--lock", "cpu_"], "unknown lock 'cpu_'"),
    ],
)
def test_flags_that_cannot_be_meant_are_refused_before_anything_is_downloaded(
    culture_ray: Callable[..., Said], words: list[str], complaint: str
) -> None:
    assert complaint in culture_ray("fetch", *PAPER, *words).complaint
