"""A small run with every fate in it, made once and read by many tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from culture_ray.settings.run import Settings
from tests.answered import FATES, answer
from tests.small import moved, small_settings


def fate_of(row: Mapping[str, Any]) -> str:
    """Every fate befalls one English request in twelve; Danish ones are all fine."""
    if row["language"] != "en":
        return "fine"
    place = int(row["template"][1:]) + 10 * int(row["wording"][1:])
    return ("fine", *FATES)[place % 12] if place % 12 <= len(FATES) else "fine"


@pytest.fixture(scope="session")
def mixed_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An answered and judged run that all tests share; none may write into it."""
    folder: Path = tmp_path_factory.mktemp("mixed")
    settings = small_settings(folder / "results", "design.prompts_per_language=48")
    answer(settings, fate_of)
    before = _written(folder)
    yield settings
    assert _written(folder) == before, "a test has written into the run that all tests share"


@pytest.fixture(scope="module")
def own_mixed_run(mixed_run: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A copy of it that the tests of one file may write into."""
    return moved(mixed_run, tmp_path_factory.mktemp("own"))


def _written(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
