"""A configuration is composed once where that will do, and by Hydra's main function otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hydra._internal.hydra import Hydra

from culture_ray.config.compose import compose_and_run
from culture_ray.config.files import OWN_FOLDER


def composed(*words: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    code = compose_and_run("test", list(words), lambda content, _: found.append(content))
    assert code == 0
    return found


def own_experiment(workplace: Path, text: str) -> None:
    folder = workplace / OWN_FOLDER / "experiment"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text(f"# @package _global_\ndefaults: [quickstart]\n{text}\n")


@pytest.mark.slow
def test_a_command_composes_its_configuration_once(
    workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in ("get_mode", "run", "multirun"):
        monkeypatch.setattr(Hydra, step, lambda *_, **__: pytest.fail("composed anew"))
    [content] = composed("seed=7")
    assert content["seed"] == 7


@pytest.mark.slow
def test_a_file_may_make_several_jobs_of_an_experiment(workplace: Path) -> None:
    own_experiment(workplace, "hydra: {mode: MULTIRUN, sweeper: {params: {seed: '1,2'}}}")
    found = composed("experiment=mine", "run=grid_${seed}")
    assert [(one["seed"], one["run"]) for one in found] == [(1, "grid_1"), (2, "grid_2")]


@pytest.mark.slow
def test_a_file_may_use_what_hydra_knows_of_a_run(workplace: Path) -> None:
    own_experiment(workplace, "results: ${hydra:runtime.cwd}/mine")
    [content] = composed("experiment=mine")
    assert content["results"] == f"{workplace}/mine"
