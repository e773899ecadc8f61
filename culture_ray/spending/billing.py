"""Billing of a run's API models: price and limits per model, caps, and the ledger's path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from culture_ray.spending.balances import Caps
from culture_ray.spending.limits import Limits
from culture_ray.spending.pricing.price_schedule import PriceSchedule


@dataclass(frozen=True)
class ModelBilling:
    """Price and rate limits of one API model."""

    model: str
    """Name of the model in the ledger and in the caps."""
    price: PriceSchedule
    limits: Limits
    pool: str
    """Models with the same pool share one rate limit."""
    give_up_after_s: float = 21_600.0
    """Time without an answer after which the model stops."""


@dataclass(frozen=True)
class BillingContext:
    """Billing of one run: models, caps, ledger and answer folder."""

    ledger: Path
    owner: str
    """Owner that the ledger has to have."""
    run: str
    """Name of the run in the ledger."""
    answers: Path
    """Folder for paid answers until they are in a shard."""
    caps: Caps
    models: Mapping[str, ModelBilling]
    """By the name under which engines are started."""
