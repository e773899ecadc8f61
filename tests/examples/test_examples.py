"""The examples run as they are written, on a real run of the embedded model."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT

EXAMPLES = ROOT / "examples"
MADE = ROOT / "tests" / "fixtures" / "run_of_0_1"

pytestmark = pytest.mark.slow

Start = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """An example in a process of its own, beside a copy of the run."""
    shutil.copytree(MADE, tmp_path / "results" / "quickstart")

    def run(*words: str, **named: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"PYTHONPATH": str(ROOT), "MPLBACKEND": "agg"} | named
        return subprocess.run(
            [sys.executable, *words],
            check=False, cwd=tmp_path, capture_output=True, text=True, env=environment, timeout=300,
        )  # fmt: skip

    return run


def test_every_example_is_tested_here() -> None:
    tested = {"open_and_plot.py", "own_analysis.py", "sweep_from_python.py", "notebook.ipynb"}
    assert {path.name for path in EXAMPLES.iterdir() if path.is_file()} == tested


def test_a_run_is_opened_and_plotted(start: Start, tmp_path: Path) -> None:
    said = start(str(EXAMPLES / "open_and_plot.py"), "results/quickstart", "alignment.png")
    assert said.returncode == 0, said.stderr
    assert "cells of run quickstart" in said.stdout
    assert (tmp_path / "alignment.png").read_bytes().startswith(b"\x89PNG")


def test_an_analysis_of_ones_own_finds_the_largest_gaps(start: Start) -> None:
    said = start(str(EXAMPLES / "own_analysis.py"), "results/quickstart")
    assert said.returncode == 0, said.stderr
    assert "gap" in said.stdout
    assert "gemma_3_270m" in said.stdout


def test_a_sweep_that_cannot_run_says_why_in_one_sentence(start: Start) -> None:
    script = str(EXAMPLES / "sweep_from_python.py")
    said = start(script, "run=quickstart", "seed=2", "design.prompts_per_language=8")
    assert said.returncode == 1
    assert "Plan(" in said.stdout
    assert "nothing was run: run 'quickstart' was made with other settings" in said.stderr


def test_the_notebook_runs_from_its_first_cell_to_its_last(start: Start, tmp_path: Path) -> None:
    """In a plain process: a cell's value is shown as notebooks show it, by _repr_html_ or repr."""
    cells = json.loads((EXAMPLES / "notebook.ipynb").read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    program = tmp_path / "cells.py"
    program.write_text(
        "import ast\n"
        "space = {}\n"
        f"for source in {sources!r}:\n"
        "    body = ast.parse(source)\n"
        "    last = body.body.pop() if isinstance(body.body[-1], ast.Expr) else None\n"
        "    exec(compile(body, 'cell', 'exec'), space)\n"
        "    if last is not None:\n"
        "        value = eval(compile(ast.Expression(last.value), 'cell', 'eval'), space)\n"
        "        print(value._repr_html_() if hasattr(value, '_repr_html_') else repr(value))\n",
        encoding="utf-8",
    )
    said = start(str(program), CULTURE_RAY_RUN="results/quickstart")
    assert said.returncode == 0, said.stderr
    assert said.stdout.count("<table") >= 5
    assert "2,400 requests" in said.stdout
