"""Size of replicas: GPUs with the highest rate of tokens per second and GPU, sequences at once."""

from __future__ import annotations

import math
from dataclasses import replace

from culture_ray.engines.model import DEFAULT_IN_FLIGHT, Model
from culture_ray.errors import ModelDoesNotFit
from culture_ray.sweep.plan.cluster import Cluster
from culture_ray.sweep.plan.estimate import placeable
from culture_ray.sweep.plan.readiness import check_divisible
from culture_ray.sweep.plan.roofline import EngineLoad, best_roof, chosen_sequences, roof, roofs

_WAITING = 1.5
"""Requests in flight over sequences at once: some wait in the engine for a sequence to end."""


def with_its_size(
    key: str,
    model: Model,
    prompt_tokens: float,
    output_tokens: float,
    samples: int,
    cluster: Cluster,
) -> Model:
    """Return a model with its GPUs and sequences chosen where its file leaves them open.

    `gpus_per_replica` is chosen if it is `auto`, `max_num_seqs` if engine_args do not state it;
    tokens are per request. `key` is the model's key in the configuration. Raises ModelDoesNotFit,
    and WrongValue for a number of GPUs that does not divide the number of attention heads.
    """
    load = EngineLoad(prompt_tokens, output_tokens, samples)
    sized = _with_gpus(key, model, load, cluster) if model.choose_gpus else model
    if not model.choose_gpus:
        check_divisible(key, model)
    return _with_sequences(sized, load, cluster)


def _with_gpus(key: str, model: Model, load: EngineLoad, cluster: Cluster) -> Model:
    card = cluster.card
    sizes = roofs(model, card, load)
    chosen = best_roof(placeable(sizes, cluster))
    if chosen is None:
        needed = f"needs {sizes[0].gpus}" if sizes else "does not fit on any number of"
        raise ModelDoesNotFit(
            f"{key}.gpus_per_replica=auto: {model.source} {needed} GPUs of type {card.name} "
            f"({card.memory_gib:.0f} GiB each), and the cluster has {cluster.gpus}: choose a "
            f"smaller model, or set cluster.nodes, cluster.gpus_per_node and cluster.gpu"
        )
    return replace(model, gpus_per_replica=chosen.gpus)


def _with_sequences(model: Model, load: EngineLoad, cluster: Cluster) -> Model:
    """Return a model on GPUs with as many sequences at once as its memory holds.

    Requests in flight grow with them, unless the model's file states fewer than usual.
    """
    if not model.gpus_per_replica or model.is_api or "max_num_seqs" in model.engine_args:
        return model
    found = roof(model, cluster.card, load, model.gpus_per_replica)
    if found is None:
        return model
    sequences = chosen_sequences(found)
    in_flight = model.in_flight
    if in_flight >= DEFAULT_IN_FLIGHT:
        in_flight = max(in_flight, math.ceil(_WAITING * sequences))
    arguments = {**model.engine_args, "max_num_seqs": sequences}
    return replace(model, engine_args=arguments, in_flight=in_flight)
