"""The quote says what a run may cost, and what it lacks."""

from __future__ import annotations

import pytest

from culture_ray.plan.cost import Quote, QuoteLine


@pytest.mark.parametrize(("most", "asked"), [(0.0, False), (0.01, True)])
def test_a_cap_is_asked_for_only_where_something_may_be_billed(most: float, asked: bool) -> None:
    line = QuoteLine("elicit", "lab_llama", 10, expected=0.0, most=most, spent=0.0)
    said = Quote((line,), cap=None, spent=0.0).sentences()
    assert any("no cap is set" in sentence for sentence in said) == asked
