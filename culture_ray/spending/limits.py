"""Limits that a provider sets for a model, as its YAML states them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Gt

ChargeRule = Literal["sum", "max", "actual"]


@dataclass(frozen=True)
class Limits:
    """A provider's limits per minute for a model, as written in the model's YAML."""

    requests_per_minute: Annotated[float, Gt(0)] | None = None
    tokens_per_minute: Annotated[float, Gt(0)] | None = None
    """Null: taken from the provider's headers, after a careful start."""
    charge: ChargeRule = "sum"
    """Tokens that the provider charges for a request. `sum`: input + max_tokens; `max`: the larger
    of max_tokens and characters / 4; `actual`: input + max_tokens until the answer arrives, and
    its true length from then on."""
    window_seconds: Annotated[float, Gt(0)] | None = None
    """Length of the provider's window; null: a minute, or shorter if 429s show it."""
    follow_headers: bool = True
    """False keeps these limits whatever the provider's headers say."""
    pool: str | None = None
    """Models with the same pool share their limits; null: models with the same source do."""
