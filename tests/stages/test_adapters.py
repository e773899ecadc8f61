"""A run's models with adapters for one base are answered by one engine, each by its adapter."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from culture_ray.errors import WrongValue
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.sweep import sweep
from culture_ray.store.shards import read
from tests.engines.test_adapters import write_adapter
from tests.in_process import ASKED, Quiet, in_process  # noqa: F401 - a fixture
from tests.small import small_settings
from tests.standin import StandInEngine

pytestmark = pytest.mark.slow

BASE = "embedded:gemma-3-270m"
STAGES = "stages=[elicit]"


def adapted(results: Path, adapter: str) -> Settings:
    """Settings of a run with the embedded model, without and with an adapter."""
    settings = small_settings(results, STAGES, "judge=[]")
    (model,) = settings.models.values()
    return replace(settings, models={**settings.models, "tuned": replace(model, adapter=adapter)})


@pytest.mark.usefixtures("in_process")
def test_each_model_is_answered_by_its_adapter_in_one_engine(tmp_path: Path) -> None:
    adapter = write_adapter(tmp_path / "adapter", base_model_name_or_path=BASE)
    loaded: list[str] = []

    def make(model):  # type: ignore[no-untyped-def]
        loaded.append(json.dumps(dict(model.engine_args), sort_keys=True))
        return StandInEngine(model)

    settings = adapted(tmp_path / "results", adapter)
    sweep(RunContext(settings), make, Quiet())  # type: ignore[arg-type]
    assert len(set(loaded)) == 1
    assert json.loads(loaded[0])["max_lora_rank"] == 16
    of_ids = {request.request_id: request.adapter for _, request in ASKED}
    for model, answers in (("gemma_3_270m", ""), ("tuned", adapter)):
        shards = list((settings.run.folder / "responses").glob(f"model={model}/*/*.arrow"))
        ids = [str(key) for shard in shards for key in read(shard).column("request_id").to_pylist()]
        assert len(ids) == 48
        assert {of_ids[key] for key in ids} == {answers}


def test_an_adapter_for_another_base_is_refused_by_the_plan(tmp_path: Path) -> None:
    adapter = write_adapter(tmp_path / "adapter", base_model_name_or_path="org/another")
    with pytest.raises(WrongValue, match=r"model\.tuned\.adapter=.* this one is for org/another"):
        _ = RunContext(adapted(tmp_path / "results", adapter)).workload
