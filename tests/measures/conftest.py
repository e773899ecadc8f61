"""Reference figures published beside the paper's code, where this machine has them."""

import os
from pathlib import Path

import pandas as pd
import pytest

BESIDE = Path(__file__).parents[3] / "shared" / "reference"


@pytest.fixture(scope="session")
def reference() -> Path:
    folder = Path(os.environ.get("CULTURE_RAY_REFERENCE", BESIDE))
    if not (folder / "expected_cells_gemma_openai.csv").is_file():
        pytest.skip(f"the published reference figures are not at {folder}")
    return folder


@pytest.fixture(scope="session")
def scored(reference: Path) -> pd.DataFrame:
    table = pd.read_csv(reference / "scored_responses_gemma_openai.csv")
    return table.assign(question_key=table.question_key.str.lower())
