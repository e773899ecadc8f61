"""Weights are read whole where there is room, and no more than the room."""

from __future__ import annotations

from pathlib import Path

import pytest

from culture_ray.engines.model import Model
from culture_ray.engines.weight_files import weight_files
from culture_ray.sweep.execute import weight_reader
from culture_ray.sweep.execute.weight_reader import read_ahead, read_weights, room_for_pages

MEMINFO = "MemTotal:       2000 kB\nMemFree:         100 kB\nMemAvailable:   1000 kB\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model of two files of weights of 3,000 bytes, read in blocks of 1,000."""
    monkeypatch.setattr(weight_reader, "_BLOCK", 1000)
    (tmp_path / "config.json").write_text("{}")
    for name in ("model-1.safetensors", "model-2.safetensors", "old.bin"):
        (tmp_path / name).write_bytes(b"w" * 3000)
    return tmp_path


def test_the_files_are_those_that_vllm_reads(folder: Path) -> None:
    model = Model("vllm", "f", str(folder))
    assert [path.name for path in weight_files(model)] == [
        "model-1.safetensors",
        "model-2.safetensors",
    ]
    assert read_weights(model) == 6000
    for other in (
        Model("vllm", "f", str(folder), engine_args={"load_format": "dummy"}),
        Model("vllm", "f", "org/not-on-this-machine"),
        Model("openai", "f", "gpt-4o"),
    ):
        assert read_weights(other) == 0


@pytest.mark.parametrize(("room", "read"), [(0, 0), (999, 0), (4500, 4000), (1e12, 6000)])
def test_no_more_is_read_than_there_is_room(folder: Path, room: float, read: int) -> None:
    assert read_ahead(sorted(folder.glob("*.safetensors")), room) == read


def test_a_file_that_cannot_be_read_is_left_to_the_engine(folder: Path) -> None:
    files = [folder / "gone.safetensors", folder, folder / "model-1.safetensors"]
    assert read_ahead(files, 1e9) == 3000


def test_half_of_what_is_available_may_be_filled() -> None:
    assert room_for_pages(MEMINFO, "max\n") == 500 * 1024
    assert room_for_pages(MEMINFO, f"{600 * 1024}\n") == 300 * 1024
    assert room_for_pages("", "max") == 0
    assert room_for_pages() > 0
