"""From a model's description to an engine, and whether it could run on this machine at all."""

from __future__ import annotations

from pathlib import Path

from culture_ray.engines import embedded
from culture_ray.engines.interface import Engine
from culture_ray.engines.model import Model
from culture_ray.errors import NotRunnableYet


def make_engine(model: Model) -> Engine:
    """Return an engine for `model`, not yet started.

    Raises NotRunnableYet for API models.
    """
    if model.engine == "vllm":
        from culture_ray.engines.vllm import VllmEngine

        return VllmEngine(model, weights_of(model))
    raise NotRunnableYet(
        f"model {model.source} is asked through an API; this version plans API models but does not "
        f"run them yet: leave it out of model=[...], or use it with culture-ray plan"
    )


def weights_of(model: Model) -> str:
    """Return what vLLM calls the model: a folder, or a hub name."""
    if model.source == embedded.SOURCE:
        return str(embedded.folder())
    path = Path(model.source).expanduser()
    return str(path) if path.is_dir() else model.source
