"""Scored responses of another study, and their import by the console command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from culture_ray.labels.read import labels
from culture_ray.store.run_directory import RunDirectory
from tests.conftest import Said
from tests.small import TOPICS

CultureRay = Callable[..., Said]

FAMILY = {"small": "own", "large": "own", "gpt-4o": "openai"}


def responses(models: tuple[str, ...] = ("small", "large"), count: int = 6) -> pd.DataFrame:
    """Scored responses in two languages to eight topics."""
    rng = np.random.default_rng(5)
    rows = [
        (model, language, topic, rng.integers(0, 11) / 10)
        for model in models
        for language in ("da", "en")
        for topic in TOPICS
        for _ in range(count)
    ]
    table = pd.DataFrame(rows, columns=["model", "language", "topic", "value_polarity"])
    return table.assign(family=table["model"].map(FAMILY))


def bring(culture_ray: CultureRay, table: pd.DataFrame, *words: str, run: str = "theirs") -> Said:
    table.to_csv("scored.csv", index=False)
    given = ("file=scored.csv", "columns.family=family", f"run={run}")
    return culture_ray("import", *given, *words)


def stored(workplace: Path, run: str = "theirs") -> pd.DataFrame:
    """Return the value polarities that a run holds."""
    held = RunDirectory(workplace / "results" / run)
    table = labels(held, ["small", "large", "gpt-4o"], ["da", "en"]).to_pandas()
    columns = ["model", "language", "topic", "value_polarity"]
    return table[columns].sort_values(columns, ignore_index=True)
