"""Measures have names for readers, with what they are corrected for."""

from __future__ import annotations

import pytest

from culture_ray.report.measure_names import measure_name


@pytest.mark.parametrize(
    ("column", "name"),
    [
        ("us_minus_native", "US bias"),
        ("alignment_language", "alignment with speakers"),
        ("alignment_us_topics", "alignment with the US, over topic means"),
        ("self_consistency_judge_free", "self-consistency, corrected for the judge’s error"),
        ("alignment_language_disattenuated", "alignment with speakers, corrected for noise"),
        ("responses_with_ground_truth", "responses with ground truth"),
    ],
)
def test_a_column_is_named_for_readers(column: str, name: str) -> None:
    assert measure_name(column) == name
