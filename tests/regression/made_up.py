"""Made-up studies."""

from __future__ import annotations

import numpy as np
import pandas as pd


def study(
    seed: int,
    *,
    sd_model: float = 0.08,
    sd_residual: float = 0.05,
    families: int = 3,
    per_family: int = 3,
    languages: int = 4,
) -> pd.DataFrame:
    """Return rows of a made-up study, one per model and language."""
    rng = np.random.default_rng(seed)
    level = rng.normal(0.6, 0.1, families)
    rows = [
        {
            "model": f"f{f}m{m}",
            "family": f"f{f}",
            "language": f"l{k}",
            "capability": level[f] + 0.08 * m + rng.normal(0, 0.05),
            "consistency": rng.uniform(0.2, 0.8),
            "noise": sd_residual * rng.normal(),
        }
        for f in range(families)
        for m in range(per_family)
        for k in range(languages)
    ]
    table = pd.DataFrame(rows)
    intercepts = dict(
        zip(table.model.unique(), sd_model * rng.normal(size=families * per_family), strict=True)
    )
    table["alignment"] = (
        0.3
        + 0.3 * table.consistency
        + 0.2 * table.capability
        + table.model.map(intercepts)
        + table.noise
    )
    return table.drop(columns="noise")
