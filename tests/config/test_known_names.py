"""Files that are read without Hydra are found under the name they have now, or had before."""

from __future__ import annotations

from pathlib import Path

import pytest

from culture_ray.config.known_names import harness_table


@pytest.mark.parametrize("name", ["harnesses.yaml", "benchmarks.yaml"])
def test_tasks_of_harnesses_are_read_under_their_present_and_earlier_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("CULTURE_RAY_CONF", str(tmp_path))
    assert "arc_*" in harness_table()["lm_eval"]["tasks"]
    (tmp_path / name).write_text("lm_eval: {tasks: {mine: {metric: acc}}}\n", encoding="utf-8")
    assert harness_table() == {"lm_eval": {"tasks": {"mine": {"metric": "acc"}}}}
