"""A session that is limited to models with or without GPUs leaves the others to another session."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from culture_ray.engines.model import Model
from culture_ray.errors import MissingKey, WrongValue
from culture_ray.run.status import done_requests, stage_statuses
from culture_ray.settings.hardware import Hardware
from culture_ray.settings.run import Settings
from culture_ray.settings.stages import Stage
from culture_ray.stages.context import RunContext
from culture_ray.stages.sweep import sweep
from tests.in_process import Quiet, in_process  # noqa: F401 - a fixture
from tests.small import small_settings
from tests.standin import StandInEngine

SMALL, LARGE, JUDGE = "gemma_3_270m", "large", "large_judge"
REQUESTS = 24


@pytest.fixture
def mixed(tmp_path: Path) -> Settings:
    """A run of a model on CPUs and one on GPUs, with a judge on GPUs."""
    settings = small_settings(tmp_path, "language=[en]", "stages=[elicit,judge]")
    small, (judge,) = settings.models[SMALL], settings.judges.values()
    small = replace(small, env={"STANDIN_SECONDS": "0"})
    on_gpu = replace(small, gpus_per_replica=1, revision="large")
    return replace(
        settings,
        models={SMALL: small, LARGE: on_gpu},
        judges={JUDGE: replace(judge, model=replace(on_gpu, revision="judge"))},
    )


def asked(settings: Settings, hardware: Hardware, *stages: Stage) -> tuple[set[str | None], dict]:
    """Revisions of the models that a session asks, and what is done of the run after it."""
    loaded: set[str | None] = set()

    def make(model: Model) -> StandInEngine:
        loaded.add(model.revision)
        return StandInEngine(model)

    chosen = replace(settings, hardware=hardware, stages=stages or settings.stages)
    assert sweep(RunContext(chosen), make, Quiet()).complete  # type: ignore[arg-type]
    return loaded, dict(done_requests(stage_statuses(settings.run, list(settings.judges))))


@pytest.mark.usefixtures("in_process")
def test_two_sessions_of_different_hardware_make_one_run(mixed: Settings) -> None:
    models, done = asked(mixed, "no_gpus", Stage.ELICIT)
    assert models == {None}
    assert done.get(("elicit", SMALL)) == REQUESTS
    assert not done.get(("elicit", LARGE))
    # Its own responses are there, and the judge is not on its hardware.
    assert asked(mixed, "no_gpus")[0] == set()
    models, done = asked(mixed, "gpus")
    assert models == {"large", "judge"}
    assert done == {
        ("elicit", SMALL): REQUESTS,
        ("elicit", LARGE): REQUESTS,
        ("judge", JUDGE): 2 * REQUESTS,
    }


def test_a_key_is_needed_where_its_model_is_asked(
    mixed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    api = replace(
        mixed.models[SMALL], engine="openai", source="gpt-4o", gpus_per_replica=0, chat=True
    )
    spending = replace(mixed.spending, cap_dollars=100.0)
    paid = replace(mixed, models={"gpt_4o": api, LARGE: mixed.models[LARGE]}, spending=spending)
    RunContext(replace(paid, hardware="gpus")).check()
    with pytest.raises(MissingKey, match="OPENAI_API_KEY"):
        RunContext(replace(paid, hardware="no_gpus")).check()


def test_hardware_of_no_model_is_refused_and_is_no_property_of_the_run(tmp_path: Path) -> None:
    with pytest.raises(WrongValue, match=r"hardware='gpus' .* no model on GPUs"):
        small_settings(tmp_path, "hardware=gpus")
    settings = small_settings(tmp_path, "hardware=no_gpus")
    assert settings.hardware == "no_gpus"
    assert "hardware" not in settings.raw
