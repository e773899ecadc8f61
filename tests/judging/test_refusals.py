"""Polite refusals, which give reasons or offer other help, are no opinions in any language."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from culture_ray.judging.flags import is_refusal
from tests.judging.lists.views import split
from tests.shipped import SHIPPED

REFUSALS: dict[str, list[str]] = yaml.safe_load(
    Path(__file__).with_name("refusals.yaml").read_text("utf-8")
)


@pytest.mark.parametrize("language", REFUSALS)
def test_a_courteous_refusal_with_reasons_is_a_refusal(language: str) -> None:
    for text in REFUSALS[language]:
        found = split(text, 10)
        assert found.count < 10
        assert is_refusal(text, found, SHIPPED, asked=10), found
