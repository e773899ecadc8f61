"""A judge that leans is corrected by labels: the lean goes, and intervals hold the truth."""

from __future__ import annotations

import pytest

from tests.calibration.leaning import Design, quality


@pytest.mark.slow
@pytest.mark.parametrize("lean", [0.1, 0.2])
def test_labels_remove_the_lean_and_their_intervals_hold(lean: float) -> None:
    studies = 25
    found = {
        (one.figure, one.scope): one for one in quality(Design(lean), studies, rounds=100, seed=1)
    }
    bias = found["US bias", "all"]
    assert bias.judged_bias > 0.25 * lean
    # The standard error over studies is about .006.
    assert abs(bias.corrected_bias) < max(bias.judged_bias / 3, 0.02)
    for (figure, scope), one in found.items():
        # Studies count, not cells, which share their topics: four standard errors below 95 %.
        assert one.corrected_covers > 78, (figure, scope)
    assert found["US bias", "cell"].corrected_covers >= 93
