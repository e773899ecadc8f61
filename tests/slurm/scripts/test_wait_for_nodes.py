"""A job of which half would idle ends with the names that are missing."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
import ray

from culture_ray.submission.script import slurm_folder

NODES = ["n1", "n2", "n3", "n4"]


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    path = slurm_folder() / "wait_for_nodes.py"
    spec = importlib.util.spec_from_file_location("wait_for_nodes", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(ray, "init", lambda **_: None)
    return module


def joined(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    nodes = [{"NodeManagerHostname": name, "Alive": True} for name in names]
    nodes.append({"NodeManagerHostname": "n4", "Alive": False})
    monkeypatch.setattr(ray, "nodes", lambda: nodes)


def test_a_job_goes_on_at_once_when_all_nodes_are_there(
    waiting: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    joined(monkeypatch, "n1.site", "n2.site", "n3.site", "n4.site")
    assert waiting.main("a:1", NODES, 1000.0, tmp_path) is None


def test_half_a_job_that_would_idle_is_an_error_with_names(
    waiting: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    joined(monkeypatch, "n1.site", "n3.site")
    (tmp_path / "absent").write_text("n2: cannot reach the head at 10.0.0.1:6379\n")
    assert waiting.main("a:1", NODES, 0.0, tmp_path) == (
        "sweep.sbatch: 2 of 4 nodes joined in time; missing: n2 (cannot reach the head at "
        "10.0.0.1:6379), n4; half of the job would idle, so it ends: see "
        f"{tmp_path}, and raise slurm.wait_s if nodes are slow"
    )


def test_nodes_that_have_given_up_are_not_waited_for(
    waiting: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    joined(monkeypatch, "n1")
    (tmp_path / "absent").write_text("".join(f"{node}: no disk\n" for node in NODES[1:]))
    assert "missing: n2 (no disk), n3" in str(waiting.main("a:1", NODES, 1000.0, tmp_path))


def test_a_job_without_a_few_nodes_goes_on_and_says_which(
    waiting: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    joined(monkeypatch, "n1", "n2", "n3")
    assert waiting.main("a:1", NODES, 0.0, tmp_path) is None
    assert capsys.readouterr().err == (
        "sweep.sbatch: 3 of 4 nodes joined in time; missing: n4; goes on, and takes others when "
        "they come\n"
    )
