"""Measured and regressed runs, and what their files say about a regression."""

from __future__ import annotations

import json
from pathlib import Path

from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.measure.measure import measure
from culture_ray.stages.regress.regress import regress


def regressed(settings: Settings) -> Path:
    """Measure and regress an answered run; return its folder."""
    measure(RunContext(settings))
    regress(RunContext(settings))
    return settings.run.folder


def about(folder: Path, name: str) -> dict[str, object]:
    """Return the description of one of its regressions."""
    found: dict[str, object] = json.loads((folder / "regression" / f"{name}.json").read_text())
    return found
