"""Sizes of a whole model: the sum over its layers, embeddings and encoders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from culture_ray.engines.shapes import attention, mlp, recurrent
from culture_ray.engines.shapes.fields import (
    Config,
    at_layer,
    hidden_size,
    layer_count,
    number,
    text_part,
    vocabulary_size,
)
from culture_ray.engines.shapes.kinds import Kind, layer_kinds
from culture_ray.engines.shapes.outside import embeddings, encoders
from culture_ray.engines.shapes.part import Cache, LayerPart

_PARTS: Mapping[Kind, Callable[[Config], LayerPart]] = {
    "attention": attention.attention,
    "sliding": attention.sliding,
    "latent": attention.latent,
    "mamba": recurrent.mamba,
    "mamba_1": recurrent.mamba_1,
    "delta": recurrent.delta,
    "lightning": recurrent.lightning,
    "convolution": recurrent.convolution,
    "mlp": mlp.mlp,
    "experts": mlp.experts,
}

_WITHOUT_INPUT_EMBEDDING = frozenset(("gpt_oss", "nemotron_h"))
"""Model types whose makers leave the input embedding out of the active parameters they state."""


@dataclass(frozen=True)
class Sizes:
    """Sizes of a model. Norms and biases are not counted."""

    parameters: int
    """All of them, those of encoders for images and sounds included."""
    active: int | None
    """Parameters of the text model that one token uses; None for a dense model."""
    by_kind: Mapping[Kind, int]
    """Parameters in the layers, by kind of part."""
    caches: Mapping[Cache, int]
    """Number of layers with each cache."""
    state: int
    """Numbers that recurrent layers keep per sequence."""
    divided: frozenset[int]
    """Dimensions that are divided over GPUs, besides attention heads."""


def sizes(content: Config) -> Sizes:
    """Return the sizes of the model that a config.json describes.

    Raises KeyError for a field that is missing, UnknownLayers for layers of an unknown kind.
    """
    config = text_part(content)
    layers = layer_count(config)
    by_kind: Counter[Kind] = Counter()
    caches: Counter[Cache] = Counter()
    state, idle = 0, 0
    divided: set[int] = set()
    shared = layers - number(config, "num_kv_shared_layers", default=0)
    for index, kinds in enumerate(layer_kinds(config)):
        own = at_layer(config, index, layers) | {"shares_cache": index >= shared}
        for kind in kinds:
            part = _PARTS[kind](own)
            by_kind[kind] += part.parameters
            caches[part.cache] += 1 if part.cache else 0  # type: ignore[index]
            state, idle = state + part.state, idle + part.idle
            divided.update(part.divided)
    hidden = hidden_size(config)
    text = embeddings(config) + sum(by_kind.values())
    lookup = (
        vocabulary_size(config) * hidden if config["model_type"] in _WITHOUT_INPUT_EMBEDDING else 0
    )
    return Sizes(
        parameters=text + encoders(content, hidden),
        active=text - idle - lookup if idle else None,
        by_kind=by_kind,
        caches={cache: count for cache, count in caches.items() if cache},
        state=state,
        divided=frozenset(divided),
    )
