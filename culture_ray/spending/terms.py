"""On what terms a model is asked: its price and its limits, found out once, at the edge."""

from __future__ import annotations

from dataclasses import dataclass

from culture_ray.spending.limiter import Limits
from culture_ray.spending.prices import Price


@dataclass(frozen=True)
class Terms:
    """One model of a provider's account."""

    model: str
    """As the ledger names it."""
    price: Price
    limits: Limits
    pool: str
    """Models with the same pool share one rate limit."""
