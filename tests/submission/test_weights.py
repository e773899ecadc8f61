"""Weights that a job could not load are named before it is submitted."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from culture_ray.engines import embedded
from culture_ray.engines.model import Model
from culture_ray.submission.weights import hub_cache, missing_weights
from culture_ray.sweep.plan.cluster import Slurm

HUB = Model("vllm", "gemma", "google/gemma-2-2b-it")


def problems(model: Model, home: Path, slurm: Slurm | None = None, **more: str) -> list[str]:
    environment = {"HF_HOME": str(home), **more}
    return list(missing_weights({"m": model}, slurm or Slurm(), environment))


def cached(home: Path, files: Iterable[str], revision: str = "abc") -> Path:
    folder = home / "hub/models--google--gemma-2-2b-it"
    (folder / "refs").mkdir(parents=True, exist_ok=True)
    (folder / "refs/main").write_text(revision)
    snapshot = folder / "snapshots" / revision
    snapshot.mkdir(parents=True)
    for file in files:
        (snapshot / file).touch()
    return snapshot


def test_a_model_is_in_the_cache_with_all_its_weights_or_named(tmp_path: Path) -> None:
    assert problems(HUB, tmp_path) == [f"m: google/gemma-2-2b-it is not in {tmp_path}/hub"]
    snapshot = cached(tmp_path, ["config.json"])
    assert problems(HUB, tmp_path) == [f"m: there are no weights in {snapshot}"]
    weights = {"a": "model-1.safetensors", "b": "model-2.safetensors"}
    (snapshot / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weights}))
    (snapshot / "model-1.safetensors").touch()
    assert problems(HUB, tmp_path) == [f"m: 1 of 2 files of weights are missing in {snapshot}"]
    (snapshot / "model-2.safetensors").symlink_to("nothing")  # an interrupted download
    assert len(problems(HUB, tmp_path)) == 1
    (snapshot / "model-2.safetensors").unlink()
    (snapshot / "model-2.safetensors").touch()
    assert problems(HUB, tmp_path) == []
    assert problems(replace(HUB, revision="abc"), tmp_path) == []
    assert problems(replace(HUB, revision="other"), tmp_path) != []


def test_a_folder_has_weights_or_is_named(tmp_path: Path) -> None:
    model = replace(HUB, source=str(tmp_path / "w"))
    assert problems(model, tmp_path) == [f"m: the folder {tmp_path}/w does not exist here"]
    (tmp_path / "w").mkdir()
    assert problems(model, tmp_path) == [f"m: there are no weights in {tmp_path}/w"]
    (tmp_path / "w/model.safetensors").touch()
    assert problems(model, tmp_path) == []


def test_the_embedded_model_has_been_prepared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CULTURE_RAY_CACHE", str(tmp_path))
    model = replace(HUB, source=embedded.GEMMA.source)
    assert problems(model, tmp_path) == [f"m: {embedded.GEMMA.folder} does not exist yet"]


@pytest.mark.parametrize(
    ("model", "slurm", "more"),
    [
        (replace(HUB, engine="openai"), Slurm(), {}),
        (replace(HUB, source="s3://weights"), Slurm(), {}),
        (replace(HUB, engine_args={"load_format": "dummy"}), Slurm(), {}),
        (HUB, Slurm(setup=("export HF_HOME=/nodes/hub",)), {}),
        (HUB, Slurm(), {"HF_HUB_OFFLINE": "0"}),
        (replace(HUB, source="/in/image"), Slurm(container="apptainer exec x.sif"), {}),
    ],
)
def test_what_is_elsewhere_is_not_looked_for_here(
    tmp_path: Path, model: Model, slurm: Slurm, more: dict[str, str]
) -> None:
    assert problems(model, tmp_path, slurm, **more) == []


def test_the_cache_is_where_the_hub_looks() -> None:
    assert hub_cache({"HF_HUB_CACHE": "/a", "HF_HOME": "/b"}) == Path("/a")
    assert hub_cache({"HF_HOME": "/b", "XDG_CACHE_HOME": "/c"}) == Path("/b/hub")
    assert hub_cache({"XDG_CACHE_HOME": "/c"}) == Path("/c/huggingface/hub")
    assert hub_cache({}) == Path.home() / ".cache/huggingface/hub"
