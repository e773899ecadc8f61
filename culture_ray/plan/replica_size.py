"""Number of GPUs per replica: the size with the highest rate of tokens per second and GPU."""

from __future__ import annotations

from dataclasses import replace

from culture_ray.engines.model import Model
from culture_ray.errors import ModelDoesNotFit
from culture_ray.sweep.plan.cluster import Cluster
from culture_ray.sweep.plan.estimate import placeable
from culture_ray.sweep.plan.readiness import check_divisible
from culture_ray.sweep.plan.roofline import EngineLoad, best_roof, roofs


def with_its_gpus(
    key: str,
    model: Model,
    prompt_tokens: float,
    output_tokens: float,
    samples: int,
    cluster: Cluster,
) -> Model:
    """Return a model with `gpus_per_replica` chosen if it is `auto`; tokens are per request.

    `key` is the model's key in the configuration. Raises ModelDoesNotFit, and WrongValue for a
    number of GPUs that does not divide the number of attention heads.
    """
    if not model.choose_gpus:
        check_divisible(key, model)
        return model
    card = cluster.card
    sizes = roofs(model, card, EngineLoad(prompt_tokens, output_tokens, samples))
    chosen = best_roof(placeable(sizes, cluster))
    if chosen is None:
        needed = f"needs {sizes[0].gpus}" if sizes else "does not fit on any number of"
        raise ModelDoesNotFit(
            f"{key}.gpus_per_replica=auto: {model.source} {needed} GPUs of type {card.name} "
            f"({card.memory_gib:.0f} GiB each), and the cluster has {cluster.gpus}: choose a "
            f"smaller model, or set cluster.nodes, cluster.gpus_per_node and cluster.gpu"
        )
    return replace(model, gpus_per_replica=chosen.gpus)
