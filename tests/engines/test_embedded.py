"""The embedded model is used only if its parts have the known checksum."""

from __future__ import annotations

import pytest

from culture_ray.engines import embedded
from culture_ray.errors import MissingExtra, ModelFilesMissing


def test_other_weights_are_refused_and_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("CULTURE_RAY_CACHE", str(tmp_path))
    forged = tmp_path / "part"
    forged.write_bytes(b"other weights")
    monkeypatch.setattr(embedded, "_part_file", lambda package: forged)
    with pytest.raises(ModelFilesMissing, match="sha256"):
        embedded.prepare()
    assert not embedded.is_ready()
    assert list(embedded.folder().parent.iterdir()) == []


def test_a_missing_package_names_the_command_that_installs_it(tmp_path, monkeypatch):
    monkeypatch.setenv("CULTURE_RAY_CACHE", str(tmp_path))
    monkeypatch.setattr(embedded, "_PARTS", ["no-such-package-of-weights"])
    with pytest.raises(MissingExtra, match=r"culture-ray\[cpu\]"):
        embedded.prepare()


def test_the_folder_follows_the_cache_that_is_set(tmp_path, monkeypatch):
    monkeypatch.setenv("CULTURE_RAY_CACHE", str(tmp_path))
    assert tmp_path in embedded.folder().parents


@pytest.mark.engine
def test_the_converted_model_is_complete_and_made_only_once():
    made = embedded.prepare()
    stamp = (made / "model.safetensors").stat().st_mtime_ns
    assert embedded.prepare() == made
    assert (made / "model.safetensors").stat().st_mtime_ns == stamp
    assert {"config.json", "tokenizer.json"} <= {path.name for path in made.iterdir()}
