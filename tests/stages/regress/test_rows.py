"""A regression on capability that is missing names the figures it lacks, and no others."""

from __future__ import annotations

import math

import pandas as pd

from culture_ray.stages.regress.rows import missing_capability


def rows(*cells: tuple[str, str, float, float]) -> pd.DataFrame:
    return pd.DataFrame(cells, columns=["model", "family", "capability", "alignment"])


def test_two_models_of_a_family_suffice() -> None:
    assert missing_capability(rows(("a", "x", 0.5, 0.1), ("b", "x", 0.6, 0.2))) == ""


def test_missing_capability_is_named_with_the_models_that_have_it() -> None:
    reason = missing_capability(rows(("a", "x", 0.5, 0.1), ("b", "x", math.nan, 0.2)))
    assert "capability figures for at least two models of a family, and has them for a." in reason
    unknown = missing_capability(rows(("a", "x", math.nan, 0.1)))
    assert "has them for none of this run's models." in unknown


def test_missing_alignment_is_not_taken_for_missing_capability() -> None:
    reason = missing_capability(rows(("a", "x", 0.5, math.nan), ("b", "x", 0.6, math.nan)))
    assert "capability figures" not in reason
    assert "alignment figures for at least two models of a family" in reason
    assert "the notes in cells.csv say why" in reason
