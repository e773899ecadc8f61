"""Stances that a judge's answer lacks because it was cut off or broken."""

from __future__ import annotations

import pandas as pd


def lost_stances(labels: pd.DataFrame) -> pd.Series[int]:
    """Return, per label, how many described opinions have no stance in an answer that was repaired.

    0 for labels whose answer was whole: where their numbers differ, the judge counted otherwise.
    """
    given = labels[["pro", "con", "neutral"]].sum(axis=1)
    lacking = (labels["opinions"] - given).clip(lower=0)
    counts = labels["repaired"].fillna(False).astype(bool) & (labels["status"] == "labelled")
    return lacking.where(counts, 0).fillna(0).astype(int)
