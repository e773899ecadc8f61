"""Part of a layer: its parameters, what it keeps per sequence, and how it divides over GPUs."""

from __future__ import annotations

from dataclasses import dataclass


class UnknownLayers(ValueError):
    """A model has layers of a kind whose size is not known."""


@dataclass(frozen=True)
class Cache:
    """Key-value cache of one layer."""

    heads: int
    """Key-value heads; each is on several GPUs where there are fewer heads than GPUs."""
    numbers: int
    """Numbers per head and token."""
    window: int | None = None
    """Tokens that are kept; None keeps all."""


@dataclass(frozen=True)
class LayerPart:
    """Sizes of one part of a layer; norms and biases are left out (below a thousandth)."""

    parameters: int
    idle: int = 0
    """Parameters that a token does not use: those of experts not chosen for it."""
    cache: Cache | None = None
    state: int = 0
    """Numbers kept per sequence, however long it is."""
    divided: tuple[int, ...] = ()
    """Dimensions that are divided over GPUs, besides attention heads."""
