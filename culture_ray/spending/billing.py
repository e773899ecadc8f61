"""On what terms models are asked, and out of which purse: found out once, at the edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from culture_ray.spending.balances import Caps
from culture_ray.spending.limiter import Limits
from culture_ray.spending.prices import Price


@dataclass(frozen=True)
class ModelBilling:
    """One model of a provider's account."""

    model: str
    """As the ledger and the caps name it."""
    price: Price
    limits: Limits
    pool: str
    """Models with the same pool share one rate limit."""


@dataclass(frozen=True)
class BillingContext:
    """All that a governor has to know."""

    ledger: Path
    owner: str
    """Whose ledger that has to be."""
    run: str
    """Under which name this run's requests stand in it."""
    answers: Path
    """Where paid answers are kept until they stand in a shard."""
    caps: Caps
    terms: Mapping[str, ModelBilling]
    """By the name under which engines are started."""
