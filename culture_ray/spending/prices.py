"""Prices of a model: those that its YAML states, else those of the table in genai-prices."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from annotated_types import Ge

from culture_ray.errors import UnknownPrice
from culture_ray.spending.account import Tier
from culture_ray.spending.money import pico_each
from culture_ray.spending.pricing.price_schedule import PriceSchedule, TokenRates
from culture_ray.spending.pricing.price_table import table_prices


@dataclass(frozen=True)
class DollarsPerMillion:
    """Dollars per million tokens, as written in a model's YAML."""

    input: Annotated[float, Ge(0)]
    output: Annotated[float, Ge(0)]
    cached_input: Annotated[float, Ge(0)] | None = None
    """Null: the price of other input."""
    cache_write: Annotated[float, Ge(0)] | None = None
    request: Annotated[float, Ge(0)] | None = None
    """Dollars per request, beside its tokens, as for a web search; null: none is known."""


@dataclass(frozen=True)
class Prices(DollarsPerMillion):
    """Prices of a model that is missing from the table, or that differ from it."""

    flex: DollarsPerMillion | None = None
    """Null: the standard price, an upper bound."""
    batch: DollarsPerMillion | None = None
    priority: DollarsPerMillion | None = None


def price_of(
    name: str, source: str, base_url: str | None = None, own: Prices | None = None
) -> PriceSchedule:
    """Return the prices of a model: from its YAML if stated there, else from genai-prices.

    `name` is its name in the configuration, `source` the provider's name for it, `base_url` the
    server (None for OpenAI). Prices of the table may change with the date and the hour; those of
    the YAML do not. Raises UnknownPrice with the line to add.
    """
    if own is not None:
        stated: dict[Tier, DollarsPerMillion | None] = {
            "standard": own,
            "flex": own.flex,
            "batch": own.batch,
            "priority": own.priority,
        }
        return PriceSchedule(
            {tier: [_token_rates(p)] for tier, p in stated.items() if p is not None}
        )
    try:
        return table_prices(source, base_url)
    except LookupError:
        where = f" at {base_url}" if base_url else ""
        raise UnknownPrice(
            f"model {name}: the price of {source}{where} is unknown; add its dollars per million "
            f"tokens to conf/model/{name}.yaml, such as 'prices: {{input: 2.0, output: 8.0}}', or "
            f"to the command: '+model.{name}.prices={{input: 2.0, output: 8.0}}' (0 for your own "
            f"server)"
        ) from None


def _token_rates(p: DollarsPerMillion) -> TokenRates:
    cached = p.input if p.cached_input is None else p.cached_input
    write = p.input if p.cache_write is None else p.cache_write
    request = Decimal(str(p.request or 0.0)) * 10**6
    return TokenRates(
        above=0,
        input=pico_each(p.input),
        output=pico_each(p.output),
        cached=pico_each(cached),
        cache_write=pico_each(write),
        request=pico_each(request),
    )
