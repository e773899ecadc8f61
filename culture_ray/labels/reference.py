"""Reference labels of a run, by people or by a further judge, beside the labels they correct."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from culture_ray.judging.polarity import value_polarity

PEOPLE = "people"
"""Name of the reference that consists of human labels."""

_READ = ("labelled", "unparsable", "error")
"""Statuses of labels of responses that a judge was asked about, from which samples are drawn."""


@dataclass(frozen=True, eq=False)
class Reference:
    """Value polarities by which the labels of judges are corrected."""

    name: str
    """`people`, or the name of a judge."""
    labels: pd.DataFrame
    """One row per response and annotator: `response_id`, `reference` (value polarity, NaN where
    undefined) and `weight` (responses that it stands for, up to a common factor)."""
    left_out: int = 0
    """Responses left out because some of their opinions have no label."""


def asked_labels(labels: pd.DataFrame) -> pd.DataFrame:
    """Return the labels of responses that a judge was asked about and that no rule excludes.

    `labels` are those of `measured_labels`.
    """
    asked = labels["status"].isin(_READ) & (labels["opinions"].fillna(0) > 0)
    return labels[asked & ~labels["excluded"].astype(bool)]


def human_reference(kept: pa.Table, labels: pd.DataFrame) -> Reference:
    """Return the reference of human labels (HUMAN_LABELS schema).

    A response counts for an annotator who labelled all of its opinions; several annotators of a
    response share its weight. Without probabilities, responses have equal weights.
    """
    opinions = labels.drop_duplicates("response_id").set_index("response_id")["opinions"]
    table = kept.to_pandas()
    counts = pd.crosstab([table["response_id"], table["annotator"]], table["stance"]).reindex(
        columns=["pro", "con", "neutral"], fill_value=0
    )
    counts["labelled"] = counts.sum(axis=1)
    rows = counts.reset_index()
    rows["opinions"] = rows["response_id"].map(opinions)
    known = rows["opinions"].notna()
    complete = known & (rows["labelled"] == rows["opinions"])
    probability = table.groupby("response_id")["probability"].first()
    found = rows[complete]
    annotators = found.groupby("response_id")["annotator"].transform("size")
    weight = 1.0 / found["response_id"].map(probability).astype(float).fillna(1.0)
    polarity = [
        value_polarity(int(p), int(c)) for p, c in zip(found["pro"], found["con"], strict=True)
    ]
    used = pd.DataFrame(
        {
            "response_id": found["response_id"],
            "reference": np.array(polarity, dtype=np.float64),
            "weight": weight / annotators,
        }
    )
    lacking = set(rows["response_id"][known]) - set(used["response_id"])
    return Reference(PEOPLE, used.reset_index(drop=True), len(lacking))


def judge_reference(judge: str, labels: pd.DataFrame) -> Reference:
    """Return the reference of a judge's labels, each of the same weight.

    `labels` are those of `measured_labels`.
    """
    own = labels[(labels["judge"] == judge) & (labels["status"] == "labelled")]
    return Reference(
        judge,
        pd.DataFrame(
            {
                "response_id": own["response_id"].to_numpy(),
                "reference": own["unexcluded_polarity"].to_numpy(np.float64, na_value=np.nan),
                "weight": 1.0,
            }
        ),
    )
