"""A code that stands twice in a mapping is told with its line, not silently replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from culture_ray.config.files import files_of
from culture_ray.errors import UserError
from culture_ray.tools.populations.double_keys import refuse_double_keys


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: {5: 6, 5: 7}\n", "line 1: the key 5 occurs twice"),
        ("a: 1\nb:\n  - c\n  - {x: 1,\n     x: 2}\n", "line 5: the key x occurs twice"),
        ("topics:\n  f120: Q1\n  f118: Q2\n  f120: Q3\n", "line 4: the key f120 occurs twice"),
    ],
)
def test_a_key_that_stands_twice_is_told(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "mine.yaml").write_text(text)
    with pytest.raises(UserError, match=told):
        refuse_double_keys(tmp_path / "mine.yaml")


def test_equal_keys_of_different_mappings_or_kinds_are_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text('a: {x: 1}\nb: {x: 2}\nc: {"1": a, 1: b}\n')
    refuse_double_keys(tmp_path / "mine.yaml")
    (tmp_path / "broken.yaml").write_text("a: [1\n")
    refuse_double_keys(tmp_path / "broken.yaml")


@pytest.mark.parametrize("path", files_of("survey").values(), ids=lambda path: path.stem)
def test_no_shipped_survey_maps_a_code_twice(path: Path) -> None:
    refuse_double_keys(path)
