"""Respondents in the layout of the EVS/WVS joint file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

SPOKEN = {
    "AU": "en", "BR": "pt", "CA": "en", "DK": "da", "GB": "en", "KE": "en", "NG": "en",
    "NIR": "en", "NL": "nl", "NZ": "en", "PT": "pt", "SG": "en", "US": "en",
}  # fmt: skip

FEW = "topics.only=[f118,f120]"


def respondents(count: int = 400, seed: int = 1) -> pd.DataFrame:
    """Return respondents of three countries in the layout of the joint file."""
    random = np.random.default_rng(seed)
    country = random.choice(["DK", "NO", "US"], count)
    return pd.DataFrame(
        {
            "cntry_AN": country,
            "lnge_iso": [{"DK": "da", "NO": "no", "US": "en"}[name] for name in country],
            "gwght": random.gamma(3, 1 / 3, count) + 0.01,
            "pwght": 1.5,
            "F120": random.integers(1, 11, count),
            "F118": random.integers(1, 8, count),
            "X001": random.integers(1, 3, count),
        }
    )


def written(workplace: Path, frame: pd.DataFrame, **how: Any) -> str:
    """Write respondents to a file, and return the word that names it."""
    frame.to_csv(workplace / "joint.csv", index=False, **how)
    return "file=joint.csv"
