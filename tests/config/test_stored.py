"""Settings of an existing run: what is the run's own stays, and is not silently ignored."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from culture_ray.config.stored import stored_settings
from culture_ray.errors import WrongValue
from culture_ray.run.made_with import made_with
from culture_ray.run.open import remember
from culture_ray.settings.run import Settings
from culture_ray.store.run_directory import RunDirectory
from tests.small import composed


@pytest.fixture
def run(tmp_path: Path) -> RunDirectory:
    """Return a run that was made with seed 7 and other populations than the default."""
    content = deepcopy(dict(composed("seed=7")))
    content["populations"] |= {"name": "own", "compare": ["DK", "US", "speakers:da", "speakers:en"]}
    folder = tmp_path / "before"
    folder.mkdir()
    (folder / "config.yaml").write_text(yaml.safe_dump(content))
    return RunDirectory(folder)


def settings(run: RunDirectory, *overrides: str) -> Settings:
    content: dict[str, Any] = deepcopy(dict(composed(*overrides)))
    content |= {"run": run.name, "results": str(run.folder.parent)}
    return stored_settings(content, "quickstart", "", overrides)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("override", "key", "own"),
    [("seed=3", "seed", "7"), ("language=[en]", "language", "[da,en]"),
     ("design.samples=2", "design", "samples=1")],
)  # fmt: skip
def test_what_is_decided_when_a_run_is_made_is_refused(
    run: RunDirectory, override: str, key: str, own: str
) -> None:
    with pytest.raises(WrongValue) as problem:
        settings(run, override)
    assert str(problem.value).startswith(f"{key}=")
    assert own in str(problem.value)
    assert "leave it out" in str(problem.value)


def test_naming_what_the_run_has_is_no_fault(run: RunDirectory) -> None:
    assert settings(run, "seed=7").seed == 7
    assert settings(run).seed == 7


@pytest.mark.slow
def test_populations_are_those_of_the_run_unless_others_are_named(run: RunDirectory) -> None:
    assert settings(run).populations.name == "own"
    assert settings(run, "inference.rounds=20").populations.compare[0] == "DK"
    assert settings(run, "populations=evs_wvs_joint_v5").populations.name == "evs_wvs_joint_v5"
    partly = settings(run, "populations.compare=[world,US]").populations
    assert (partly.name, partly.compare) == ("own", ("world", "US"))


@pytest.mark.slow
def test_the_populations_of_an_analysis_are_remembered(run: RunDirectory) -> None:
    before = made_with(run)
    analysed = settings(run, "populations=evs_wvs_joint_v5", "inference.rounds=20")
    remember(run, analysed.raw)
    assert settings(run).populations.name == "evs_wvs_joint_v5"
    after = made_with(run)
    assert {key for key in after if after[key] != before[key]} == {"populations"}


@pytest.mark.slow
def test_gaps_in_ground_truth_that_an_analysis_allows_are_allowed_and_remembered(
    run: RunDirectory,
) -> None:
    assert not settings(run).allow_missing_ground_truth
    analysed = settings(run, "allow_missing_ground_truth=true")
    assert analysed.allow_missing_ground_truth
    remember(run, analysed.raw)
    assert settings(run).allow_missing_ground_truth
