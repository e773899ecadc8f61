"""A small run with every fate in it, made once and read by many tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from culture_ray.settings.run import Settings
from tests.answered import FATES, answer
from tests.small import small_settings


def fate_of(row: Mapping[str, Any]) -> str:
    """Every fate befalls one English request in twelve; Danish ones are all fine."""
    if row["language"] != "en":
        return "fine"
    place = int(row["template"][1:]) + 10 * int(row["wording"][1:])
    return ("fine", *FATES)[place % 12] if place % 12 <= len(FATES) else "fine"


@pytest.fixture(scope="session")
def mixed_run(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An answered and judged run; not to be written into."""
    folder: Path = tmp_path_factory.mktemp("mixed")
    settings = small_settings(folder / "results", "design.prompts_per_language=48")
    answer(settings, fate_of)
    return settings
