"""Shape of a model: its layers, and what they cache."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LayerCaches:
    """Key-value caches of some layers that keep the same."""

    layers: int
    heads: int
    """Key-value heads; 1 for latent attention, whose cache all heads share."""
    numbers: int
    """Numbers per head and token."""
    window: int | None = None
    """Tokens that are kept; null keeps all."""


@dataclass(frozen=True)
class Architecture:
    """Shape of a model, as needed for its memory and roofline estimates."""

    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    vocabulary: int
    sliding_layers: int = 0
    """Layers whose attention covers only the last `sliding_window` tokens."""
    sliding_window: int | None = None
    active_parameters: float | None = None
    """Parameters used per token, for mixtures of experts; null means all of them."""
    cached: tuple[LayerCaches, ...] = ()
    """Caches of the layers where they differ in more than the window; empty means all layers cache
    `kv_heads` heads of `head_dim`, those with a window no more than it."""
    state: float = 0.0
    """Numbers that recurrent layers (Mamba, linear attention) keep per sequence."""
    divided: tuple[int, ...] = ()
    """Dimensions that only a tensor-parallel size that divides them can be used with, besides the
    attention heads; only those that exclude a size."""

    @property
    def caches(self) -> tuple[LayerCaches, ...]:
        """Return the caches of all layers."""
        if self.cached:
            return self.cached
        numbers, complete = 2 * self.head_dim, self.layers - self.sliding_layers
        return (
            LayerCaches(complete, self.kv_heads, numbers),
            LayerCaches(self.sliding_layers, self.kv_heads, numbers, self.sliding_window),
        )
