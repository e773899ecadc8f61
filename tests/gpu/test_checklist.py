"""GPU checklist: tested on the CPU, and run where there is a GPU."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from culture_ray.config.known_names import gpu_table
from culture_ray.engines.architecture import with_own_config
from culture_ray.engines.model import Model
from tests.gpu import __main__ as script
from tests.gpu.cards import Card, cards, known_as, parse, settle
from tests.gpu.checklist import Line, run, settings_for
from tests.gpu.shapes import GEMMA_2, make_folder

HERE = cards()


@pytest.mark.parametrize(
    ("driver", "mib", "expected"),
    [
        ("NVIDIA H100 80GB HBM3", 81559, "H100 80GB SXM"),
        ("NVIDIA H100 PCIe", 81559, "H100 80GB PCIe"),
        ("NVIDIA H200", 143771, "H200 141GB SXM"),
        ("NVIDIA A100-SXM4-40GB", 40960, "A100 40GB SXM"),
        ("NVIDIA A100-SXM4-80GB", 81920, "A100 80GB SXM"),
        ("NVIDIA L40S", 46068, "L40S 48GB"),
        ("NVIDIA GeForce RTX 4090", 24564, "GeForce RTX 4090 24GB"),
        ("Tesla V100-SXM2-16GB", 16384, "V100 16GB SXM2"),
    ],
)
def test_a_card_is_known_by_the_drivers_name_for_it(driver: str, mib: float, expected: str) -> None:
    found = known_as(Card(driver, mib, 0), gpu_table())
    assert found is not None
    assert found.name == expected
    assert found.memory_gib == mib / 1024


def test_a_card_that_nobody_described_is_not_taken_for_another() -> None:
    assert known_as(Card("NVIDIA T4", 15360, 0), gpu_table()) is None


def test_cards_are_read_from_the_drivers_words() -> None:
    said = "NVIDIA H100 80GB HBM3, 81559, 4\nNVIDIA H100 80GB HBM3, 81559, 512\n"
    assert parse(said) == [
        Card("NVIDIA H100 80GB HBM3", 81559, 4),
        Card("NVIDIA H100 80GB HBM3", 81559, 512),
    ]
    assert parse("") == []


@pytest.mark.slow
def test_memory_is_waited_for_until_it_is_back_or_time_is_over() -> None:
    readings = iter([9000.0, 700.0, 300.0])
    assert settle(100.0, lambda: next(readings)) == 300.0
    assert settle(100.0, lambda: 9000.0, wait_s=0.0) == 9000.0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "billions"), [("gemma_2_2b", 2.61), ("gemma_2_9b", 9.24), ("gemma_2_27b", 27.2)]
)
def test_the_shapes_have_the_sizes_they_are_named_for(
    tmp_path: Path, name: str, billions: float
) -> None:
    pytest.importorskip("transformers", reason="the extra cpu is not installed")
    folder = make_folder(tmp_path, GEMMA_2[name], vocabulary=256000)
    found = with_own_config(name, Model("vllm", "gemma", str(folder)))
    assert found.parameters == pytest.approx(billions * 1e9, rel=5e-3)
    assert json.loads((folder / "config.json").read_text())["model_type"] == "gemma2"


def test_a_line_says_measured_over_limit() -> None:
    line = Line("gemma_2_2b", 1, 1024, 0, 21_000.0, 42_000.0)
    assert "21,000 tokens/s (0.50 of 42,000 by the roofline)" in str(line)
    assert "(-)" not in str(replace(line, limit=1.0))


@pytest.mark.skipif(bool(HERE), reason="this machine has a GPU")
def test_without_a_gpu_the_script_says_so_and_is_content(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert script.main() == 0
    assert capsys.readouterr().out.startswith("skipped: this machine has no GPU")


@pytest.mark.engine
@pytest.mark.cluster
def test_dummy_weights_go_the_whole_path_on_a_cpu(tmp_path: Path) -> None:
    pytest.importorskip("vllm", reason="the extra cpu is not installed")
    tiny = {
        "hidden_size": 128, "intermediate_size": 256, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 64,
        "query_pre_attn_scalar": 64,
    }  # fmt: skip
    folder = make_folder(tmp_path / "tiny", tiny, vocabulary=2000)
    settings = settings_for("gemma_2_2b", folder, tmp_path / "results", 0, prompts=16, output=12)
    model = settings.models["gemma_2_2b"]
    on_cpu = replace(
        model, memory_gib=2, cpus_per_replica=1, max_model_len=1024,
        engine_args={
            "load_format": "dummy", "enforce_eager": True, "max_num_seqs": 16,
            "kv_cache_memory_bytes": 1 << 26, "enable_chunked_prefill": False,
            "max_num_batched_tokens": 4096,
        },
        env={"OMP_NUM_THREADS": "{cores}", "VLLM_LOGGING_LEVEL": "WARNING"},
    )  # fmt: skip
    line = run(replace(settings, models={"gemma_2_2b": on_cpu}), None)
    assert (line.responses, line.failed) == (32, 0)
    assert line.tokens_per_s > 0


@pytest.mark.engine
@pytest.mark.cluster
@pytest.mark.slow
@pytest.mark.skipif(not HERE, reason="this machine has no GPU: python -m tests.gpu is for one")
def test_every_line_of_the_checklist_holds_on_this_gpu() -> None:
    assert script.main() == 0
