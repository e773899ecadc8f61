"""Replayed answers of models that think, in a dozen languages, are read right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from culture_ray.engines.thoughts.split import split_thoughts
from culture_ray.judging.opinions import split_opinions

REPLAYED: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("replayed.yaml").read_text(encoding="utf-8")
)

each = pytest.mark.parametrize("case", REPLAYED, ids=[case["name"] for case in REPLAYED])


@each
def test_thoughts_and_text_are_told_apart(case: dict[str, Any]) -> None:
    found = split_thoughts(
        case["raw"], inside=case.get("inside", False), cut=case.get("cut", False)
    )
    assert found.text == case["text"]
    if case["thought"] is None:
        assert found.thoughts is None
    else:
        assert case["thought"] in (found.thoughts or "")
        assert case["thought"] not in (found.text or "")


@each
def test_only_the_texts_opinions_are_counted(case: dict[str, Any]) -> None:
    found = split_thoughts(
        case["raw"], inside=case.get("inside", False), cut=case.get("cut", False)
    )
    assert split_opinions(found.text or "").count == case.get("opinions", 0)
    if not case.get("inside") and not case.get("cut"):
        assert split_opinions(case["raw"]).count == case.get("opinions", 0)


def test_they_are_of_many_languages() -> None:
    assert len({case["language"] for case in REPLAYED if case["thought"]}) >= 4
