"""Stances that repaired answers of a judge lack."""

from __future__ import annotations

import pandas as pd

from culture_ray.labels.lost import lost_stances


def test_described_opinions_without_a_stance_count_in_repaired_answers_only() -> None:
    labels = pd.DataFrame(
        {
            "status": ["labelled", "labelled", "labelled", "labelled", "unparsable", "refusal"],
            "repaired": [True, False, True, True, False, None],
            "opinions": [10, 10, 10, 10, 10, 1],
            "pro": [3, 3, 6, 6, None, None],
            "con": [2, 2, 4, 5, None, None],
            "neutral": [1, 1, 0, 0, None, None],
        }
    )
    assert lost_stances(labels).tolist() == [4, 0, 0, 0, 0, 0]
