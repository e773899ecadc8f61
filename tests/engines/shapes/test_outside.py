"""Encoders have the sizes that their makers state, and those of vLLM's classes."""

from __future__ import annotations

import pytest

from culture_ray.engines.shapes.fields import hidden_size, text_part
from culture_ray.engines.shapes.outside import encoders
from tests.engines.shapes.test_sizes import PUBLISHED


@pytest.mark.parametrize(
    ("name", "millions"),
    [
        ("qwen_2_vl_7b", 675),
        ("qwen_2_5_vl_7b", 676),
        ("qwen_3_vl_8b", 576),
        ("qwen_3_omni", 540 + 640),
        ("qwen_3_8b", 0),
    ],
)
def test_encoders_and_projections_are_counted(name: str, millions: int) -> None:
    config = PUBLISHED[name]["config"]
    found = encoders(config, hidden_size(text_part(config)))
    assert found / 1e6 == pytest.approx(millions, rel=0.02)
