"""Hardware of the models that a session of a sweep asks."""

from __future__ import annotations

from typing import Literal

Hardware = Literal["all", "gpus", "no_gpus"]
"""Models that a sweep asks: all, those on GPUs, or those that need none."""
