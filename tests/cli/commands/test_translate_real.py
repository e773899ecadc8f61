"""Translate through real vLLM under a real Ray: the path and the honest flags, not the words."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pyarrow.dataset as ds
import pytest
import yaml

from tests.conftest import ROOT

pytestmark = [
    pytest.mark.engine, pytest.mark.cluster, pytest.mark.slow, pytest.mark.timeout(1800),
]  # fmt: skip

COMMAND = (
    "-m", "culture_ray.cli.main",
    "translate", "language=ca", "model=[gemma_3_270m]", "conf_dir=mine",
    "only=[topics.f120]", "tries=1", "sampling.max_tokens=96", "sampling.temperature=0.7",
)  # fmt: skip


def run_command() -> subprocess.CompletedProcess[str]:
    """Run it to its end; loading the engine takes minutes on a busy machine."""
    return subprocess.run(
        [sys.executable, *COMMAND], check=False, capture_output=True, text=True, timeout=800,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def test_the_embedded_model_makes_texts_that_nobody_has_confirmed(workplace: Path) -> None:
    said = run_command()
    assert said.returncode in {0, 3}, said.stderr
    run = workplace / "results" / "translate-ca"
    rows = ds.dataset(run / "texts", format="arrow").to_table().to_pylist()
    asked = [row for row in rows if row["step"] == "translate"]
    places = {row["place"] for row in asked}
    assert {"topics.f120.pro", "topics.f120.con", "topics.f120.wordings.w1"} <= places
    assert all(row["text"] for row in asked)
    page = (run / "review.md").read_text()
    assert all(f"## {place}\n" in page for place in places)
    file = workplace / "mine" / "language" / "ca.yaml"
    assert file.exists() == ("written: " in said.stdout)
    if file.exists():
        entry = yaml.safe_load(file.read_text())["topics"]["f120"]["pro"]
        assert entry["reviewed"] is False
        assert "model gemma_3_270m" in entry["made_by"]
        assert {row["step"] for row in rows} == {"translate", "back", "polarity"}
    again = run_command()
    assert again.returncode in {0, 3}, again.stderr
    before = {row["request_id"] for row in rows}
    later = ds.dataset(run / "texts", format="arrow").to_table()["request_id"].to_pylist()
    assert before <= set(later)
    assert len(later) == len(set(later)), "nothing is asked twice"
