"""A Bayesian check without bambi is refused by the words that install it."""

from __future__ import annotations

import importlib.util

import pytest

from culture_ray.errors import MissingExtra
from culture_ray.regression.bayesian.installed import check_bambi


def test_a_missing_package_is_told_where_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    check_bambi(wanted=False)
    with pytest.raises(MissingExtra) as said:
        check_bambi(wanted=True)
    assert "inference.bayesian=true" in str(said.value)
    assert 'pip install "culture-ray[bayes]"' in str(said.value)
    assert "\n" not in str(said.value)
