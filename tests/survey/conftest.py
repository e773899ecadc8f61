"""Where this repository and the published reference figures lie."""

from __future__ import annotations

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def conf() -> Path:
    return REPOSITORY / "conf"


@pytest.fixture
def reference() -> Path:
    folder = REPOSITORY.parent / "shared" / "reference"
    if not folder.is_dir():
        pytest.skip(f"the published reference figures are not at {folder}")
    return folder
