"""The recipes in container/ are the program's own, and name what the clone and the lock have."""

from __future__ import annotations

import re
import subprocess
import tomllib
from email.parser import Parser

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from culture_ray.tools.container import FORMATS
from tests.conftest import ROOT
from tests.tools.written_recipes import FILES, LOCK, PYTHON, written

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
each_form = pytest.mark.parametrize("form", FORMATS)


def text_of(form: str) -> str:
    return FILES[form].read_text(encoding="utf-8")


def copied(form: str) -> list[str]:
    """Paths that a recipe copies, relative to the clone."""
    if form == "containerfile":
        return re.findall(r"^COPY (\S+) /\S+$", text_of(form), re.MULTILINE)
    files = text_of(form).partition("%files\n")[2].partition("\n%")[0]
    return [line.split()[0] for line in files.splitlines() if line.strip()]


def steps(form: str) -> list[str]:
    """Commands that a recipe runs, one by one."""
    if form == "containerfile":
        runs = re.findall(r"^RUN (.+)$", text_of(form), re.MULTILINE)
        return [step for run in runs for step in run.split(" && ")]
    post = text_of(form).partition("%post\n")[2].partition("\n%")[0]
    return [line.strip() for line in post.splitlines() if line.strip()]


@each_form
def test_a_recipe_is_what_the_program_writes(form: str) -> None:
    assert text_of(form) == written(form), "run python -m tests.tools.written_recipes"


@each_form
def test_everything_that_is_copied_is_in_the_clone_and_in_no_ignored_folder(form: str) -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert copied(form)
    for source in copied(form):
        assert (ROOT / source).exists(), source
        assert not any(source == name.strip("/") for name in ignored), source
    included = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*included["force-include"], *included["packages"], PROJECT["project"]["readme"]}
    assert {*needed, "pyproject.toml", *PROJECT["project"]["license-files"]} <= set(copied(form))


@each_form
def test_what_is_installed_has_one_version_that_its_python_can_run(form: str) -> None:
    assert f"python:{PYTHON}-slim" in text_of(form)
    assert SpecifierSet(PROJECT["project"]["requires-python"]).contains(f"{PYTHON}.0")
    [lock] = {path for step in steps(form) for path in re.findall(r"/src/(\S+\.lock)", step)}
    assert lock == f"requirements/{LOCK}"
    pins = [Requirement(line) for line in (ROOT / lock).read_text().splitlines()]
    assert all(pin.specifier and str(pin.specifier).startswith("==") for pin in pins)
    # A version that is written into the recipe would drift from the lock.
    assert not re.findall(r"[\w-]+[=<>~]=[\d.]+", "\n".join(steps(form)))


@each_form
def test_the_steps_are_shell_and_end_in_a_command_that_shows_the_package_works(form: str) -> None:
    shell = "\n".join(steps(form))
    assert subprocess.run(["bash", "-n"], input=shell, text=True, check=False).returncode == 0
    assert steps(form)[-1] == "culture-ray --version"


def test_every_line_of_the_dockerfile_is_an_instruction() -> None:
    lines = [line for line in text_of("containerfile").splitlines() if not line.startswith("#")]
    assert lines[0].startswith("FROM ")
    assert {line.split()[0] for line in lines} == {"FROM", "COPY", "RUN"}


def test_the_definition_file_has_a_header_and_known_sections() -> None:
    plain = re.sub(r"^#.*\n", "", text_of("apptainer"))
    header = Parser().parsestr(plain.partition("\n%")[0])
    assert header["Bootstrap"] == "docker" and header["From"].startswith("library/python:")
    sections = re.findall(r"^%(\w+)", plain, re.MULTILINE)
    assert sections == ["files", "post"]
    assert "    set -e\n" in plain.partition("%post\n")[2]
