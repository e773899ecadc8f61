"""`culture-ray track`: each mistake in one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from culture_ray.stages.context import RunContext
from tests.conftest import Said
from tests.small import small_settings

CultureRay = Callable[..., Said]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ((), "run=None cannot be used"),
        (("run=none", "to=mlruns"), "no run 'none' in results"),
        (("run=small",), "a folder or an address, such as to=http://localhost:5000"),
        (("run=small", "uri=mlruns"), "uri"),
    ],
)
def test_each_mistake_is_one_line(
    culture_ray: CultureRay, workplace: Path, words: tuple[str, ...], wanted: str
) -> None:
    RunContext(small_settings(workplace / "results")).open()
    assert wanted in culture_ray("track", *words).complaint
