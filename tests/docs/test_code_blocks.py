"""Programs in Python and R on the pages run on a real run, block after block, as they are shown."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.docs.pages import PAGES, Block, blocks

MADE = ROOT / "tests" / "fixtures" / "run_of_0_1"
PROGRAMS = [block for page in PAGES for block in blocks(page) if block.kind in {"python", "r"}]

pytestmark = pytest.mark.slow


@pytest.fixture
def beside_a_run(tmp_path: Path) -> Path:
    """A folder in which results/quickstart is a run."""
    shutil.copytree(MADE, tmp_path / "results" / "quickstart")
    return tmp_path


def named(block: Block) -> str:
    return f"{block.page.relative_to(ROOT)}:{block.line}"


def test_own_tools_shows_every_language_that_it_promises() -> None:
    page = [block for block in PROGRAMS if block.page.name == "own_tools.md"]
    text = "".join(block.text for block in page)
    for word in ("import pandas", "import polars", "import duckdb", "read.csv", "library(arrow)"):
        assert word in text


@pytest.mark.parametrize("block", [b for b in PROGRAMS if b.kind == "python"], ids=named)
def test_a_program_in_python_runs(block: Block, beside_a_run: Path) -> None:
    for module in re.findall(r"^import (\w+)", block.text, re.MULTILINE):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed")
    run(beside_a_run, sys.executable, "-c", block.text)


@pytest.mark.parametrize("block", [b for b in PROGRAMS if b.kind == "r"], ids=named)
def test_a_program_in_r_runs(block: Block, beside_a_run: Path) -> None:
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed")
    (beside_a_run / "program.R").write_text(block.text)
    run(beside_a_run, "Rscript", "-e", 'invisible(parse("program.R"))')
    for package in re.findall(r"^library\((\w+)\)", block.text, re.MULTILINE):
        there = subprocess.run(
            ["Rscript", "-e", f'quit(status = !requireNamespace("{package}", quietly = TRUE))'],
            check=False,
        )
        if there.returncode:
            pytest.skip(f"the package {package} is not installed in R")
    run(beside_a_run, "Rscript", "program.R")


def run(folder: Path, *words: str) -> None:
    said = subprocess.run(
        words, check=False, cwd=folder, capture_output=True, text=True, timeout=300,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder), "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
