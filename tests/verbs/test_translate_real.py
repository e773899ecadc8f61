"""Translate through real vLLM under a real Ray: the path and the honest flags, not the words."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow.dataset as ds
import pytest
import yaml

from tests.conftest import Said

pytest.importorskip("vllm", reason="the extra cpu is not installed")

pytestmark = [pytest.mark.engine, pytest.mark.cluster, pytest.mark.slow]

COMMAND = (
    "-m", "culture_ray.cli", "translate", "language=de", "model=[gemma_3_270m]", "conf_dir=mine",
    "only=[topics.f120]", "tries=1", "sampling.max_tokens=96", "sampling.temperature=0.7",
)  # fmt: skip


def test_the_embedded_model_makes_texts_that_nobody_has_confirmed(
    in_a_process: Callable[..., Said], workplace: Path
) -> None:
    said = in_a_process(sys.executable, *COMMAND)
    assert said.code in {0, 3}, said.err
    run = workplace / "results" / "translate-de"
    rows = ds.dataset(run / "texts", format="arrow").to_table().to_pylist()
    asked = [row for row in rows if row["step"] == "translate"]
    places = {row["place"] for row in asked}
    assert {"topics.f120.pro", "topics.f120.con", "topics.f120.wordings.w1"} <= places
    assert all(row["text"] for row in asked)
    page = (run / "review.md").read_text()
    assert all(f"## {place}\n" in page for place in places)
    file = workplace / "mine" / "language" / "de.yaml"
    assert file.exists() == ("written: " in said.out)
    if file.exists():
        entry = yaml.safe_load(file.read_text())["topics"]["f120"]["pro"]
        assert entry["reviewed"] is False
        assert "model gemma_3_270m" in entry["made_by"]
        assert {row["step"] for row in rows} == {"translate", "back", "polarity"}
    again = in_a_process(sys.executable, *COMMAND)
    assert again.code in {0, 3}, again.err
    before = {row["request_id"] for row in rows}
    later = ds.dataset(run / "texts", format="arrow").to_table()["request_id"].to_pylist()
    assert before <= set(later)
    assert len(later) == len(set(later)), "nothing is asked twice"
