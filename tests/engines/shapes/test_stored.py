"""The size of weights is what their safetensors files state."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest

from culture_ray.engines.architecture import with_own_config
from culture_ray.engines.model import Model
from culture_ray.engines.shapes.stored import Stored, stored_weights
from tests.engines.shapes.test_sizes import PUBLISHED


def write_index(folder: Path, **metadata: int) -> None:
    content = {"metadata": metadata, "weight_map": {}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(content), encoding="utf-8")


def write_header(folder: Path, tensors: dict[str, Any]) -> None:
    header = json.dumps({"__metadata__": {"format": "pt"}, **tensors}).encode()
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header)


def model_in(folder: Path, name: str, **changes: Any) -> Model:
    config = PUBLISHED[name]["config"] | changes
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return Model("vllm", "f", str(folder))


def test_the_total_of_an_index_is_the_truth(tmp_path: Path) -> None:
    write_index(tmp_path, total_size=24_000_000_000)
    model = model_in(tmp_path, "qwen_3_8b", torch_dtype="bfloat16")
    assert with_own_config("m", model).parameters == 12e9
    assert with_own_config("m", model_in(tmp_path, "qwen_3_8b", dtype="float32")).parameters == 6e9
    write_index(tmp_path, total_size=24_000_000_000, total_parameters=11_000_000_000)
    assert with_own_config("m", model).parameters == 11e9


def test_of_quantised_weights_the_index_states_the_bytes(tmp_path: Path) -> None:
    write_index(tmp_path, total_size=19_000_000_000)
    found = with_own_config("m", model_in(tmp_path, "qwen_2_5_32b_awq"))
    assert found.parameters == pytest.approx(32.76e9, rel=1e-3)
    assert found.weight_bytes == pytest.approx(19e9)


def test_a_single_file_says_it_in_its_header(tmp_path: Path) -> None:
    tensors = {
        "a": {"dtype": "BF16", "shape": [3, 5], "data_offsets": [0, 30]},
        "b": {"dtype": "F32", "shape": [7], "data_offsets": [30, 58]},
    }
    write_header(tmp_path, tensors)
    assert stored_weights(tmp_path) == Stored(58, 22)
    packed = {"c": {"dtype": "I32", "shape": [2], "data_offsets": [58, 66]}}
    write_header(tmp_path, tensors | packed)
    assert stored_weights(tmp_path) == Stored(66, None)


@pytest.mark.parametrize("content", [b"", b"\xff" * 9, struct.pack("<Q", 2) + b"[]"])
def test_a_file_that_is_none_is_said_in_one_line(tmp_path: Path, content: bytes) -> None:
    from culture_ray.errors import ModelFilesMissing

    model = model_in(tmp_path, "qwen_3_8b")
    (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(ModelFilesMissing, match="model m: ") as said:
        with_own_config("m", model)
    assert "\n" not in str(said.value)


def test_nothing_is_known_without_files(tmp_path: Path) -> None:
    assert stored_weights(tmp_path) is None
    write_index(tmp_path)
    assert stored_weights(tmp_path) is None
