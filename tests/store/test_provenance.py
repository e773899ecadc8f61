"""Provenance keeps the first start, lists every session, and holds no secret."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from culture_ray.store.provenance import host_facts, record, recorded
from culture_ray.store.run_directory import RunDirectory


def test_a_run_without_provenance_has_none(tmp_path: Path) -> None:
    assert recorded(RunDirectory(tmp_path / "new")) == {}


def test_every_session_is_listed_and_the_first_start_is_kept(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "run")
    first = record(run, {"seed": 1, "command": "one"})
    second = record(run, {"command": "two"})
    assert second["started"] == first["started"]
    assert (second["seed"], second["command"]) == (1, "two")
    assert len(second["sessions"]) == 2
    assert recorded(run) == second


def test_the_versions_that_make_the_numbers_are_recorded() -> None:
    facts = host_facts()
    assert {"python", "platform", "cores", "ray", "pyarrow", "numpy", "statsmodels"} <= set(facts)


def test_secrets_of_the_environment_are_not_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-this-is-secret")
    run = RunDirectory(tmp_path / "run")
    record(run, {"seed": 1})
    text = run.provenance.read_text()
    assert "sk-this-is-secret" not in text
    assert json.loads(text)["seed"] == 1
