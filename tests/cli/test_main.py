"""Each way in which a command fails ends with one line and its exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from tests.conftest import Said


@pytest.mark.slow
@pytest.mark.parametrize("verb", [("sweep",), ("sweep", "--multirun", "seed=1,2"), ("status",)])
@pytest.mark.parametrize(
    ("folder", "problem"),
    [
        ("x" * 300, "the path is too long"),
        pytest.param(
            "/proc/x", "cannot be made",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="needs /proc"),
        ),
    ],
)  # fmt: skip
def test_a_results_folder_that_cannot_be_is_said_in_one_line(
    culture_ray: Callable[..., Said], verb: tuple[str, ...], folder: str, problem: str
) -> None:
    if verb == ("status",) and folder == "/proc/x":
        problem = "no run"
    said = culture_ray(*verb, "experiment=quickstart", f"results={folder}")
    assert problem in said.complaint
    assert folder in said.complaint
