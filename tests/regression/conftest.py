"""Reference figures, R, and data sets shared by the regression tests."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest


@pytest.fixture(scope="session")
def reference() -> Path:
    beside = Path(__file__).parents[2].parent / "shared" / "reference"
    folder = Path(os.environ.get("CULTURE_RAY_REFERENCE", beside))
    if not folder.is_dir():
        pytest.skip(f"no reference figures at {folder}; set CULTURE_RAY_REFERENCE to their folder")
    return folder


@pytest.fixture(scope="session")
def reference_rows(reference: Path) -> pd.DataFrame:
    return pd.read_csv(reference / "expected_regression_rows_gemma_openai.csv")


@pytest.fixture
def run_r(tmp_path: Path) -> Callable[..., pd.DataFrame]:
    """Run R code that reads `rows` and writes the data frame `result`."""

    def run(code: str, rows: pd.DataFrame, *packages: str) -> pd.DataFrame:
        if shutil.which("Rscript") is None:
            pytest.skip("Rscript is not installed (apt-get install r-base-core)")
        load = "\n".join(
            f'if (!suppressMessages(require({p}))) quit(status = 42, save = "no")' for p in packages
        )
        rows.to_csv(tmp_path / "rows.csv", index=False)
        script = f'{load}\nrows <- read.csv("rows.csv")\n{code}\nwrite.csv(result, "result.csv")'
        done = subprocess.run(
            ["Rscript", "-e", script], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        if done.returncode == 42:
            pytest.skip(f"R lacks one of {', '.join(packages)} (apt-get install r-cran-...)")
        assert done.returncode == 0, done.stderr
        return pd.read_csv(tmp_path / "result.csv", index_col=0)

    return run
