"""Keys that are decided when a run is made: later commands cannot change them."""

from __future__ import annotations

OF_THE_RUN = (
    "seed",
    "design",
    "topics",
    "protocol",
    "persona",
    "language",
    "model",
    "judge",
    "benchmark",
    "imported",
)
