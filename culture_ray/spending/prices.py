"""What tokens cost: price tables, and the exact cost of an ask or of a reported usage.

Money is counted in whole nanodollars, rounded up, so that sums are exact and never too small.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_CEILING, Decimal
from typing import Any

from culture_ray.errors import UnknownPrice
from culture_ray.spending.account import Ask, Tier, TokenUsage

Nano = int
"""1e-9 dollars."""

_CONTEXTS: Mapping[Tier, Mapping[str, str]] = {
    "standard": {},
    "flex": {"service_tier": "flex"},
    "priority": {"service_tier": "priority"},
    "batch": {"processing": "batch"},
}
"""How genai-prices names the tiers."""


@dataclass(frozen=True)
class PerMillion:
    """Dollars per million tokens, as a user writes them into a model's YAML."""

    input: float
    output: float
    cached_input: float | None = None
    """Null: cached input costs as much as other input."""
    cache_write: float | None = None


@dataclass(frozen=True)
class Prices(PerMillion):
    """The prices of a model that no table knows, or that differ from the table's."""

    flex: PerMillion | None = None
    """Null: the standard price, which is never too low."""
    batch: PerMillion | None = None
    priority: PerMillion | None = None


@dataclass(frozen=True)
class Rate:
    """The price of one token in picodollars, for prompts of more than `above` tokens."""

    above: int
    input: int
    output: int
    cached: int
    cache_write: int


@dataclass(frozen=True)
class Price:
    """A model's price at every tier; each tier has its rates by length of the prompt, ascending."""

    tiers: Mapping[Tier, Sequence[Rate]] = field(default_factory=dict)

    def most(self, ask: Ask) -> Nano:
        """Return the highest cost of an attempt: full length, nothing cached, dearest rate."""
        rates = [rate for rate in self._rates(ask.tier) if rate.above < max(1, ask.input_tokens)]
        return max(
            _nano(ask.input_tokens * max(r.input, r.cache_write, r.cached)
                  + ask.output_tokens * r.output)
            for r in rates
        )  # fmt: skip

    def cost(self, usage: TokenUsage) -> Nano:
        """Return what a reported usage costs at the tier it was served at."""
        rate = next(
            r for r in reversed(self._rates(usage.tier)) if r.above < max(1, usage.input_tokens)
        )
        plain = max(0, usage.input_tokens - usage.cached_tokens - usage.cache_write_tokens)
        return _nano(
            plain * rate.input
            + usage.cached_tokens * rate.cached
            + usage.cache_write_tokens * rate.cache_write
            + usage.output_tokens * rate.output
        )

    def _rates(self, tier: Tier) -> Sequence[Rate]:
        return self.tiers.get(tier) or self.tiers["standard"]


def price_of(
    name: str, source: str, base_url: str | None = None, own: Prices | None = None
) -> Price:
    """Return the price of a model: its own where the YAML states it, else from genai-prices.

    `name` is its name in the configuration, `source` the provider's, `base_url` whose server it is
    (None for OpenAI). Raises UnknownPrice with the line to add.
    """
    if own is not None:
        stated = {"standard": own, "flex": own.flex, "batch": own.batch, "priority": own.priority}
        return Price({tier: [_rate(p)] for tier, p in stated.items() if p is not None})  # type: ignore[misc]
    from genai_prices.data_snapshot import get_snapshot

    now = datetime.now(UTC)
    try:
        _, model = get_snapshot().find_provider_model(
            source, None, None if base_url else "openai", base_url
        )
        found = {
            tier: _rates(model.get_prices(now, dict(how) or None))
            for tier, how in _CONTEXTS.items()
        }
    except LookupError:
        where = f" at {base_url}" if base_url else ""
        raise UnknownPrice(
            f"model {name}: nobody knows what {source}{where} costs; add its dollars per million "
            f"tokens to conf/model/{name}.yaml, such as 'prices: {{input: 2.0, output: 8.0}}', or "
            f"to the command: '+model.{name}.prices={{input: 2.0, output: 8.0}}' (0 for a server "
            f"of your own)"
        ) from None
    return Price(found)


def dollars(nano: Nano) -> float:
    """Return nanodollars as dollars."""
    return nano / 1e9


def nano_of(amount: float) -> Nano:
    """Return dollars as nanodollars, rounded down: a cap is never wider than it was written."""
    return int(Decimal(str(amount)) * 10**9)


def _nano(pico: int) -> Nano:
    return -(-pico // 1000)


def _rate(p: PerMillion) -> Rate:
    cached = p.input if p.cached_input is None else p.cached_input
    write = p.input if p.cache_write is None else p.cache_write
    return Rate(0, *(_pico(value) for value in (p.input, p.output, cached, write)))


def _pico(per_million: float | Decimal) -> int:
    return int((Decimal(str(per_million)) * 10**6).to_integral_value(ROUND_CEILING))


def _rates(price: Any) -> list[Rate]:
    """Return the rates of a ModelPrice of genai-prices; long prompts cost more from a tier on.

    Raises LookupError for a model that is not paid by text tokens.
    """
    keys = ("input_mtok", "output_mtok", "cache_read_mtok", "cache_write_mtok")
    listed = {key: getattr(price, key, None) for key in keys}
    starts = {0} | {tier.start for p in listed.values() for tier in getattr(p, "tiers", ())}
    rates = []
    for start in sorted(starts):
        at = {key: _at(p, start) for key, p in listed.items()}
        plain, output = at["input_mtok"], at["output_mtok"]
        if plain is None or output is None:
            raise LookupError("not priced by tokens")
        cached, write = at["cache_read_mtok"], at["cache_write_mtok"]
        rates.append(
            Rate(
                above=start,
                input=_pico(plain),
                output=_pico(output),
                cached=_pico(plain if cached is None else cached),
                cache_write=_pico(plain if write is None else write),
            )
        )
    return rates


def _at(price: Any, start: int) -> Decimal | None:
    """Return a price per million of a prompt just longer than `start` tokens."""
    if price is None or isinstance(price, Decimal):
        return price
    reached = [tier.price for tier in price.tiers if tier.start <= start]
    found: Decimal = reached[-1] if reached else price.base
    return found
