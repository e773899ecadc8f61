"""`culture-ray plan --preregister`: the file and its hash, and each mistake in one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Said
from tests.small import INTERVIEWS, SMALL

CultureRay = Callable[..., Said]
PLAN = ("plan", *SMALL, INTERVIEWS)


@pytest.mark.slow
def test_a_plan_is_registered_on_request_and_says_so(
    culture_ray: CultureRay, workplace: Path
) -> None:
    assert culture_ray(*PLAN).out.endswith("nothing was written\n")
    assert not (workplace / "results").exists()
    (workplace / "ours.md").write_text("We expect less agreement in Danish.")
    said = culture_ray(*PLAN, "--preregister", "--hypotheses", "ours.md")
    assert said.code == 0, said.err
    folder = workplace / "results" / "small" / "preregistration"
    made = json.loads((folder / "1.json").read_text(encoding="utf-8"))
    assert made["content"]["hypotheses"] == "We expect less agreement in Danish."
    assert "preregistration, version 1: results/small/preregistration/1.md" in said.out
    assert f"SHA-256: {made['sha256']}" in said.out.replace("\n", "")
    as_json = json.loads(culture_ray(*PLAN, "--preregister", "--json").out)
    assert as_json["preregistration"]["version"] == 2  # without the hypotheses


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("--hypotheses", "ours.md"), "--hypotheses has no effect without --preregister"),
        (("--preregister", "--hypotheses"), "a text file after it, such as"),
        (("--preregister", "--hypotheses", "none.md"), "none.md' cannot be used"),
        (("--preregister", "--hypotheses", "empty.md"), "a text of 1 to 100,000 characters"),
    ],
)
def test_each_mistake_is_one_line(
    culture_ray: CultureRay, workplace: Path, words: tuple[str, ...], wanted: str
) -> None:
    (workplace / "empty.md").write_text(" \n")
    assert wanted in culture_ray("plan", "run=small", *words).complaint
    assert not (workplace / "results").exists()
