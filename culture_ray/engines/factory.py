"""Construction of engines from model descriptions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from culture_ray.engines import embedded
from culture_ray.engines.interface import Engine
from culture_ray.engines.model import Model
from culture_ray.spending.account import Account


@dataclass(frozen=True)
class ApiAccess:
    """Account and folder that the engine of an API model needs; pickles, to reach a replica."""

    account: Account
    folder: Path
    """Folder for paid answers and batches until they are in a shard."""
    run: str
    """Name of the run, which is written into the metadata of batches."""


def make_engine(model: Model, access: ApiAccess | None = None) -> Engine:
    """Return an engine for `model`, not yet started; API models need `access`.

    Raises ValueError for an API model without access.
    """
    if not model.is_api:
        from culture_ray.engines.vllm.engine import VllmEngine

        return VllmEngine(model, weights_of(model))
    if access is None:
        raise ValueError(f"model {model.source} costs money, and there is no account for it")
    if model.engine == "openai_batch":
        from culture_ray.engines.openai.batch.engine import OpenAiBatchEngine

        return OpenAiBatchEngine(model, access.account, access.folder / "batches", access.run)
    from culture_ray.engines.openai.engine import OpenAiEngine

    return OpenAiEngine(model, access.account, access.folder)


def weights_of(model: Model) -> str:
    """Return the model's weights as vLLM takes them: a folder or a hub name."""
    if (known := embedded.MODELS.get(model.source)) is not None:
        return str(known.folder)
    path = Path(model.source).expanduser()
    return str(path) if path.is_dir() else model.source
