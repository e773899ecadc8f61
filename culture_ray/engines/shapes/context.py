"""Longest sequence of a model, from its configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from culture_ray.engines.shapes.fields import Config

_NAMES = ("max_position_embeddings", "n_positions", "max_seq_len", "seq_length",
          "max_sequence_length", "max_seq_length", "seq_len", "model_max_length")  # fmt: skip
_OVERRIDING = "model_max_length"
"""Field that counts even where another is less (Cohere's files)."""

_ALREADY_SCALED = frozenset(
    ("default", "su", "longrope", "llama3", "yarn", "deepseek_yarn",
     "deepseek_llama_scaling", "proportional", "mrope")
)  # fmt: skip
"""Kinds of RoPE whose files state the length after scaling."""


def context_length(config: Config) -> int | None:
    """Return the most tokens of a prompt and its response; None if the file does not say.

    The rules are vLLM's (`_get_and_verify_max_len` in its configuration of models).
    """
    stated = [int(config[name]) for name in _NAMES if isinstance(config.get(name), (int, float))]
    if not stated:
        return None
    own = config.get(_OVERRIDING)
    longest = int(own) if isinstance(own, (int, float)) and own else min(stated)
    factor = 1.0
    if "gemma3" not in str(config.get("model_type")):
        for scaling in _scalings(config):
            kind = str(scaling.get("rope_type") or scaling.get("type") or "default")
            known = kind in _ALREADY_SCALED
            factor = factor if known else float(scaling.get("factor") or factor)
    return int(longest * factor)


def _scalings(config: Config) -> Iterator[Config]:
    """Yield the scalings of RoPE, of which there may be one for each type of layer."""
    for name in ("rope_scaling", "rope_parameters"):
        found = config.get(name)
        if isinstance(found, Mapping):
            yield found
            yield from (inner for inner in found.values() if isinstance(inner, Mapping))
