"""Fixtures of the tests of commands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.commands.probing import FILE, KEY


@pytest.fixture
def model_file(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Return a function that writes the file of the model `lab` for a server."""
    monkeypatch.setenv("LAB_KEY", KEY)

    def write(base_url: str, text: str = FILE) -> Path:
        path = workplace / "culture_ray_conf" / "model" / "lab.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(base_url=base_url))
        return path

    return write
