"""Arguments of vLLM's engine: who runs the model."""

from __future__ import annotations

import pytest

from culture_ray.engines.model import Model
from culture_ray.engines.vllm.engine import VllmEngine

HERE = "vllm.v1.executor.uniproc_executor.UniProcExecutor"


@pytest.mark.parametrize(
    ("gpus", "thinking_tokens", "bound", "expected"),
    [
        (0, 0, "", HERE),
        (0, 16, "", "uni"),  # which vLLM takes for "mp" on a CPU
        (0, 0, "0,1", "uni"),
        (1, 0, "", "uni"),
        (4, 0, "", "ray"),
    ],
)
def test_a_process_of_its_own_runs_a_model_only_where_it_has_to(
    monkeypatch: pytest.MonkeyPatch, gpus: int, thinking_tokens: int, bound: str, expected: str
) -> None:
    monkeypatch.setenv("VLLM_CPU_OMP_THREADS_BIND", bound)
    model = Model("vllm", "mine", "me/mine", gpus_per_replica=gpus, thinking_tokens=thinking_tokens)
    arguments = VllmEngine(model, "folder")._arguments()
    assert arguments["distributed_executor_backend"] == expected
