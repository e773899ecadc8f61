"""A package installed from a wheel has the conf tree and plans a sweep outside the repository."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, ROOT]
    built = subprocess.run(command, check=False, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_holds_the_whole_conf_tree_and_every_file_of_the_package(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    conf = {path.relative_to(ROOT / "conf") for path in (ROOT / "conf").rglob("*")
            if path.is_file()}  # fmt: skip
    assert {f"culture_ray/_conf/{path}" for path in conf} <= names
    package = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "culture_ray").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert package <= names
    assert not any(name.startswith(("tests/", "conf/", "results/")) for name in names)


def test_plan_works_from_an_installed_wheel_outside_the_repository(
    wheel: Path, tmp_path: Path
) -> None:
    target, elsewhere = tmp_path / "target", tmp_path / "elsewhere"
    elsewhere.mkdir()
    with zipfile.ZipFile(wheel) as archive:  # what installing without its dependencies does
        archive.extractall(target)
    code = (
        "import sys, culture_ray; from culture_ray.cli.main import main\n"
        "from culture_ray.config.files import conf_folder\n"
        "print(conf_folder(), file=sys.stderr); main(sys.argv[1:])"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, "plan", "experiment=paper"],
        check=False, capture_output=True, text=True, cwd=elsewhere,
        env=os.environ | {"PYTHONPATH": str(target)},
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    assert said.stderr.strip() == str(target / "culture_ray" / "_conf")
    assert "run paper: 9 models x 4 languages x 300 prompts" in said.stdout
    assert list(elsewhere.iterdir()) == []


def test_what_an_installed_package_makes_goes_into_a_folder_of_the_users_own(
    wheel: Path, tmp_path: Path
) -> None:
    target, elsewhere = tmp_path / "target", tmp_path / "elsewhere"
    elsewhere.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    installed = {path: path.stat().st_mtime for path in target.rglob("*")}
    lines = ["gwght,pwght,F118,F120,cntry_AN,lnge_iso"]
    lines += [f"1,1,{1 + n % 10},{1 + n % 7},US,en" for n in range(50)]
    (elsewhere / "joint.csv").write_text("\n".join(lines))
    few = "topics.only=[f118,f120]"
    for words in (
        ["populations", "file=joint.csv", "name=mine", few],
        ["plan", "experiment=quickstart", "populations=mine", "language=[en]", few],
    ):
        code = "import sys; from culture_ray.cli.main import main; main(sys.argv[1:])"
        said = subprocess.run(
            [sys.executable, "-B", "-c", code, *words],
            check=False, capture_output=True, text=True, cwd=elsewhere,
            env=os.environ | {"PYTHONPATH": str(target)},
        )  # fmt: skip
        assert said.returncode == 0, said.stderr
    assert (elsewhere / "culture_ray_conf" / "populations" / "mine.yaml").is_file()
    assert {path: path.stat().st_mtime for path in target.rglob("*")} == installed


def test_the_wheel_offers_the_console_command_and_the_vllm_plugin(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (name,) = (name for name in archive.namelist() if name.endswith("entry_points.txt"))
    text = archive.read(name).decode()
    assert "culture-ray = culture_ray.cli.main:main" in text
    assert "[vllm.general_plugins]" in text
