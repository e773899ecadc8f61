"""The table of a plan's choices is tested where there is no GPU, and run where there is one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from culture_ray.sweep.plan.cluster import H100
from tests.gpu import choices as module
from tests.gpu.checklist import Line, settings_for
from tests.gpu.choices import TIME_S, Choice, choices, load_seconds, row, table
from tests.gpu.shapes import GEMMA_2, make_folder, write_weights


@pytest.mark.parametrize("gpus", [1, 4])
def test_every_choice_stands_beside_a_run_without_it(gpus: int) -> None:
    rows = [(one.model, one.setting) for one in choices(gpus)]
    assert rows[:3] == [
        ("gemma_2_2b", "256 sequences"),
        ("gemma_2_2b", "sequences from memory"),
        ("gemma_2_2b", "no seeds"),
    ]
    sizes = [setting for model, setting in rows if model == "gemma_2_27b"]
    assert sizes == (["GPUs chosen"] if gpus == 1 else ["1 GPU", "2 GPU", "4 GPU", "GPUs chosen"])


def test_a_row_has_the_rate_the_ratio_and_the_limit() -> None:
    line = Line("gemma_2_2b", 2, 3072, 1, 50_000.0, 100_000.0, 1024)
    told = row(Choice("gemma_2_2b", "sequences from memory", "auto"), line, 1.25)
    words = " ".join(told.split())
    assert words.endswith("2 1024 50,000 25,000 x 1.25, 0.50 of the limit, 1 failed")


def test_rows_that_would_take_too_long_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def loads() -> Iterator[str]:
        yield "load"

    times = iter([0.0, 10.0, *[TIME_S - 1] * 20])
    monkeypatch.setattr(module, "_loads", loads)
    monkeypatch.setattr(
        module, "_measured", lambda *_: Line("gemma_2_2b", 1, 8, 0, 100.0, None, 256)
    )
    heading, load, first, *others = table(H100, 1, lambda: next(times))
    assert (heading.split()[0], load) == ("model", "load")
    assert "x 1.00" in first
    assert all("left out: 600 s would be over" in line for line in others)


def test_weights_are_read_ahead_only_for_the_load_that_has_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"w" * 100)
    read: list[Path] = []
    monkeypatch.setattr(module, "read_ahead", lambda files, room: read.extend(files))
    assert load_seconds([path], lambda: 2.0, ahead=False) == 2.0
    assert read == []
    load_seconds([path], lambda: 1.0, ahead=True)
    assert read == [path]


@pytest.mark.slow
def test_a_row_with_sizes_to_choose_has_settings(tmp_path: Path) -> None:
    pytest.importorskip("transformers", reason="the extra cpu is not installed")
    folder = make_folder(tmp_path / "m", GEMMA_2["gemma_2_2b"], vocabulary=1000)
    words = "+model.gemma_2_2b.request_seeds=false"
    settings = settings_for("gemma_2_2b", folder, tmp_path / "results", "auto", words)
    model = settings.models["gemma_2_2b"]
    assert (model.choose_gpus, model.request_seeds) == (True, False)


@pytest.mark.slow
def test_made_up_weights_are_files_of_the_shape(tmp_path: Path) -> None:
    pytest.importorskip("transformers", reason="the extra cpu is not installed")
    tiny = {
        "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
        "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 32,
        "query_pre_attn_scalar": 32,
    }  # fmt: skip
    (path,) = write_weights(make_folder(tmp_path, tiny, vocabulary=100))
    assert path.name == "model.safetensors"
    assert path.stat().st_size > 2 * 100 * 64
