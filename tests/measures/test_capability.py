import numpy as np
import pandas as pd
import pytest

from culture_ray.measures.capability import capability
from culture_ray.measures.result import InvalidMeasureInput, Reason


def test_capability_is_the_mean_of_a_cells_benchmarks():
    found = capability([0, 0, 2], [0.2, 0.6, 0.9], 3)
    np.testing.assert_allclose(found.value, [0.4, np.nan, 0.9])
    assert found.reason.tolist() == [Reason.DEFINED, Reason.NO_BENCHMARKS, Reason.DEFINED]


def test_scores_in_percent_are_refused():
    with pytest.raises(InvalidMeasureInput, match=r"outside 0\.\.1"):
        capability([0], [61.3], 1)


def test_capability_meets_the_reference_rows(reference):
    names = {
        "gemma-2 2b": "gemma-2-2b-it",
        "gemma-2 9b": "gemma-2-9b-it",
        "gemma-2 27b": "gemma-2-27b-it",
        "gpt-3.5 turbo": "gpt-3.5-turbo-0125",
        "gpt-4 turbo": "gpt-4-turbo-2024-04-09",
        "gpt-4-turbo": "gpt-4-turbo-2024-04-09",
        "gpt-4o": "gpt-4o",
    }
    languages = {"danish": "da", "dutch": "nl", "english": "en", "portuguese": "pt"}
    scores = pd.read_csv(reference / "multilingual_benchmarks.csv")
    scores = scores.assign(
        model=scores.model.str.lower().map(names), language=scores.language.str.lower()
    ).dropna(subset="model")
    rows = pd.read_csv(reference / "expected_regression_rows_gemma_openai.csv")
    key = pd.MultiIndex.from_frame(rows[["model", "language"]])
    cell = key.get_indexer(zip(scores.model, scores.language.map(languages), strict=True))
    found = capability(cell, scores.score / 100, len(rows))
    np.testing.assert_allclose(found.value, rows.capability, atol=1e-9)


def test_scores_of_other_cells_than_named_and_scores_above_one_are_refused():
    with pytest.raises(InvalidMeasureInput, match="shape"):
        capability([0, 1], [0.5], 2)
    with pytest.raises(InvalidMeasureInput, match=r"outside 0\.\.1"):
        capability([0], [1.5], 1)
