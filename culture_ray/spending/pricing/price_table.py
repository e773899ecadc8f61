"""Prices of models in the table of genai-prices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from culture_ray.spending.account import Tier
from culture_ray.spending.money import pico_each
from culture_ray.spending.pricing.price_calendar import price_calendar
from culture_ray.spending.pricing.price_schedule import PriceSchedule, Tiers, TokenRates

_CONTEXTS: Mapping[Tier, Mapping[str, str]] = {
    "standard": {},
    "flex": {"service_tier": "flex"},
    "priority": {"service_tier": "priority"},
    "batch": {"processing": "batch"},
}
"""Names of the tiers in genai-prices."""


def table_prices(source: str, base_url: str | None) -> PriceSchedule:
    """Return the prices of a model, which may change with the date and the hour.

    `source` is the provider's name for it, `base_url` the server (None for OpenAI). Raises
    LookupError for a model that the table lacks, or that is not billed by text tokens.
    """
    from genai_prices.data_snapshot import get_snapshot

    now = datetime.now(UTC)
    _, model = get_snapshot().find_provider_model(
        source, None, None if base_url else "openai", base_url
    )
    found = _tiers_from_table(model, now)
    calendar = price_calendar(model.prices, lambda moment: _tiers_from_table(model, moment))
    return PriceSchedule(found, calendar)


def _tiers_from_table(model: Any, moment: datetime) -> Tiers:
    """Return the rates of a genai-prices model at a time; raises LookupError as below."""
    return {
        tier: _rates_from_table(model.get_prices(moment, dict(context) or None))
        for tier, context in _CONTEXTS.items()
    }


def _rates_from_table(price: Any) -> list[TokenRates]:
    """Return the rates of a genai-prices ModelPrice; long prompts may cost more.

    Raises LookupError for a model that is not billed by text tokens.
    """
    keys = ("input_mtok", "output_mtok", "cache_read_mtok", "cache_write_mtok")
    prices = {key: getattr(price, key, None) for key in keys}
    per_thousand = getattr(price, "requests_kcount", None)
    request = 0 if per_thousand is None else pico_each(_price_at(per_thousand, 0) or 0) * 1000
    starts = {0} | {tier.start for p in prices.values() for tier in getattr(p, "tiers", ())}
    rates = []
    for start in sorted(starts):
        at = {key: _price_at(p, start) for key, p in prices.items()}
        plain, output = at["input_mtok"], at["output_mtok"]
        if plain is None or output is None:
            raise LookupError("not priced by tokens")
        cached, write = at["cache_read_mtok"], at["cache_write_mtok"]
        rates.append(
            TokenRates(
                above=start,
                input=pico_each(plain),
                output=pico_each(output),
                cached=pico_each(plain if cached is None else cached),
                cache_write=pico_each(plain if write is None else write),
                request=request,
            )
        )
    return rates


def _price_at(price: Any, start: int) -> Decimal | None:
    """Return the price per million tokens for a prompt just longer than `start` tokens."""
    if price is None or isinstance(price, Decimal):
        return price
    reached = [tier.price for tier in price.tiers if tier.start <= start]
    found: Decimal = reached[-1] if reached else price.base
    return found
