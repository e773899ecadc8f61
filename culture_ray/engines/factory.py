"""From a model's description to an engine, and whether it could run on this machine at all."""

from __future__ import annotations

from pathlib import Path

from culture_ray.engines import embedded
from culture_ray.engines.interface import Engine
from culture_ray.engines.model import Model
from culture_ray.engines.openai.access import ApiAccess


def make_engine(model: Model, paid: ApiAccess | None = None) -> Engine:
    """Return an engine for `model`, not yet started; an API model's is `paid` for.

    Raises ValueError for an API model that nobody pays for.
    """
    if not model.is_api:
        from culture_ray.engines.vllm.engine import VllmEngine

        return VllmEngine(model, weights_of(model))
    if paid is None:
        raise ValueError(f"model {model.source} costs money, and there is no account for it")
    if model.engine == "openai_batch":
        from culture_ray.engines.openai.batch.engine import OpenAiBatchEngine

        return OpenAiBatchEngine(model, paid.account, paid.folder / "batches", paid.run)
    from culture_ray.engines.openai.engine import OpenAiEngine

    return OpenAiEngine(model, paid.account, paid.folder)


def weights_of(model: Model) -> str:
    """Return what vLLM calls the model: a folder, or a hub name."""
    if model.source == embedded.SOURCE:
        return str(embedded.folder())
    path = Path(model.source).expanduser()
    return str(path) if path.is_dir() else model.source
