"""One load of a model's folder on a GPU: python -m tests.gpu.loading FOLDER prints its seconds."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from culture_ray.engines.model import Model
from culture_ray.engines.vllm.engine import VllmEngine


async def load(folder: Path) -> float:
    """Return the seconds from starting an engine to its first request."""
    model = Model("vllm", "gemma", str(folder), chat=False, max_model_len=1024)
    engine = VllmEngine(model, str(folder))
    began = time.monotonic()
    await engine.start()
    taken = time.monotonic() - began
    await engine.close()
    return taken


if __name__ == "__main__":
    print(asyncio.run(load(Path(sys.argv[1]))))
