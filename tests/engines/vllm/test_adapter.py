"""Real vLLM answers requests by a LoRA adapter and by its base, loaded once."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from culture_ray.engines.adapters import shared_engines
from culture_ray.engines.factory import weights_of
from culture_ray.engines.interface import Request, Response, Sampling
from culture_ray.engines.model import Model
from culture_ray.engines.vllm.engine import VllmEngine

pytestmark = [pytest.mark.engine, pytest.mark.slow]

GREEDY = Sampling(temperature=0.0, top_p=1.0, max_tokens=8)
COUNTING = "1, 2, 3, 4, 5,"


def write_loud_adapter(folder: Path) -> str:
    """Write an adapter that changes the queries of the first layer beyond recognition."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir()
    config = {
        "peft_type": "LORA", "base_model_name_or_path": "embedded:gemma-3-270m", "r": 8,
        "lora_alpha": 8, "target_modules": ["q_proj"], "bias": "none", "task_type": "CAUSAL_LM",
    }  # fmt: skip
    (folder / "adapter_config.json").write_text(json.dumps(config), encoding="utf-8")
    torch.manual_seed(1)
    weights = {
        f"base_model.model.model.layers.{layer}.self_attn.q_proj.lora_{part}.weight": torch.randn(
            shape
        ).to(torch.bfloat16)
        for layer in range(18)
        for part, shape in (("A", (8, 640)), ("B", (1024, 8)))
    }
    save_file(weights, str(folder / "adapter_model.safetensors"))
    return str(folder)


def test_each_request_is_answered_by_its_adapter(embedded_model: Model, tmp_path: Path) -> None:
    adapter = write_loud_adapter(tmp_path / "loud")
    models = {"base": embedded_model, "loud": replace(embedded_model, adapter=adapter)}
    shared = shared_engines(models)
    assert list(shared.models) == ["base"]
    model = shared.models["base"]

    async def ask() -> list[Response]:
        engine = VllmEngine(model, weights_of(model))
        await engine.start()
        try:
            requests = [
                Request(name, COUNTING, GREEDY, adapter=shared.adapters.get(name, ""))
                for name in ("base", "loud", "base")
            ]
            return list(await asyncio.gather(*map(engine.generate, requests)))
        finally:
            await engine.close()

    first, loud, again = asyncio.run(ask())
    assert first.text == again.text
    assert first.text is not None
    assert first.text.startswith(" 6, 7,")
    assert loud.text != first.text
