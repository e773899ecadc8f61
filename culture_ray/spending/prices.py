"""Prices of tokens and requests: the exact cost of a reported usage or of an upper bound.

Money is counted in whole nanodollars, rounded up, so that sums are exact and never too small.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_CEILING, Decimal
from typing import Annotated, Any

from annotated_types import Ge

from culture_ray.errors import UnknownPrice
from culture_ray.spending.account import Tier, TokenUsage, UsageBound
from culture_ray.spending.pricing.price_calendar import Calendar, price_calendar

Nanodollars = int
"""1e-9 dollars."""

_CONTEXTS: Mapping[Tier, Mapping[str, str]] = {
    "standard": {},
    "flex": {"service_tier": "flex"},
    "priority": {"service_tier": "priority"},
    "batch": {"processing": "batch"},
}
"""Names of the tiers in genai-prices."""


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


@dataclass(frozen=True)
class TokenRates:
    """Prices of one token in picodollars, for prompts of more than `above` tokens."""

    above: int
    input: int
    output: int
    cached: int
    cache_write: int
    request: int = 0
    """Fee of the request itself."""


Tiers = Mapping[Tier, Sequence[TokenRates]]
"""Token rates by tier and prompt length (ascending)."""

ANSWERED_WITHIN_S = 900.0
"""Time for which a reservation covers prices that change while a request is in flight."""

BATCH_WITHIN_S = 86_400.0
"""The same for a request in a batch."""


@dataclass(frozen=True)
class PriceSchedule:
    """Token rates of a model, which may change with the date and the time of day."""

    tiers: Tiers = field(default_factory=dict)
    """Rates at the time when they were looked up."""
    calendar: Calendar[Tiers] | None = None
    """Rates at other times; None if they never change."""
    extra_output_tokens: int = 0
    """Output tokens that a request may be billed beyond its limits."""
    extra_input_tokens: int = 0
    """Input tokens that a request may be billed beyond its texts."""
    heeds_stated_costs: bool = True
    """True if an answer that states a higher cost than its tokens have is charged that."""

    def maximum_cost(self, bound: UsageBound, at: float | None = None) -> Nanodollars:
        """Return the maximum cost of an attempt: full length, nothing cached, highest rate.

        `at` is the time of sending, in seconds since 1970; None is the time of the look-up. Prices
        that change before the answer is due count as well.
        """
        within = BATCH_WITHIN_S if bound.tier == "batch" else ANSWERED_WITHIN_S
        input_tokens = bound.input_tokens + self.extra_input_tokens
        output_tokens = bound.billed_output_tokens + self.extra_output_tokens
        return max(
            _nano_from_pico(input_tokens * max(r.input, r.cache_write, r.cached)
                  + output_tokens * r.output + r.request)
            for tiers in self._tiers(at, None if at is None else at + within)
            for r in _of_tier(tiers, bound.tier)
            if r.above < max(1, input_tokens)
        )  # fmt: skip

    def cost(
        self, usage: TokenUsage, sent_at: float | None = None, ended_at: float | None = None
    ) -> Nanodollars:
        """Return the cost of a reported usage at the tier that served it.

        Providers differ in which time counts, so it is the highest price from `sent_at` (None: the
        time of the look-up) to `ended_at`. It is never less than the provider itself states.
        """
        stated = usage.stated_nano if self.heeds_stated_costs else 0
        return max(stated, *(_cost(tiers, usage) for tiers in self._tiers(sent_at, ended_at)))

    @property
    def charges_requests(self) -> bool:
        """Return True if a price per request is known."""
        return any(rate.request for rates in self.tiers.values() for rate in rates)

    @property
    def is_free(self) -> bool:
        """Return True if neither tokens nor requests cost anything, at any tier."""
        rates = [rate for rates in self.tiers.values() for rate in rates]
        return not any(r.input or r.output or r.cached or r.cache_write or r.request for r in rates)

    def _tiers(self, start: float | None, end: float | None) -> Sequence[Tiers]:
        if self.calendar is None or start is None:
            return [self.tiers]
        return self.calendar.between(start, start if end is None else end)


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
    from genai_prices.data_snapshot import get_snapshot

    now = datetime.now(UTC)
    try:
        _, model = get_snapshot().find_provider_model(
            source, None, None if base_url else "openai", base_url
        )
        found = _tiers_from_table(model, now)
        calendar = price_calendar(model.prices, lambda moment: _tiers_from_table(model, moment))
    except LookupError:
        where = f" at {base_url}" if base_url else ""
        raise UnknownPrice(
            f"model {name}: the price of {source}{where} is unknown; add its dollars per million "
            f"tokens to conf/model/{name}.yaml, such as 'prices: {{input: 2.0, output: 8.0}}', or "
            f"to the command: '+model.{name}.prices={{input: 2.0, output: 8.0}}' (0 for your own "
            f"server)"
        ) from None
    return PriceSchedule(found, calendar)


def dollars(nano: Nanodollars) -> float:
    """Convert nanodollars to dollars."""
    return nano / 1e9


def nano_of(amount: float) -> Nanodollars:
    """Convert dollars to nanodollars, rounded down: a cap never exceeds the written amount."""
    return int(Decimal(str(amount)) * 10**9)


def _nano_from_pico(pico: int) -> Nanodollars:
    return -(-pico // 1000)


def _token_rates(p: DollarsPerMillion) -> TokenRates:
    cached = p.input if p.cached_input is None else p.cached_input
    write = p.input if p.cache_write is None else p.cache_write
    request = Decimal(str(p.request or 0.0)) * 10**6
    return TokenRates(
        above=0,
        input=_pico(p.input),
        output=_pico(p.output),
        cached=_pico(cached),
        cache_write=_pico(write),
        request=_pico(request),
    )


def _of_tier(tiers: Tiers, tier: Tier) -> Sequence[TokenRates]:
    return tiers.get(tier) or tiers["standard"]


def _cost(tiers: Tiers, usage: TokenUsage) -> Nanodollars:
    rate = next(
        r for r in reversed(_of_tier(tiers, usage.tier)) if r.above < max(1, usage.input_tokens)
    )
    plain = max(0, usage.input_tokens - usage.cached_tokens - usage.cache_write_tokens)
    return _nano_from_pico(
        plain * rate.input
        + usage.cached_tokens * rate.cached
        + usage.cache_write_tokens * rate.cache_write
        + usage.output_tokens * rate.output
        + rate.request
    )


def _pico(per_million: float | Decimal) -> int:
    return int((Decimal(str(per_million)) * 10**6).to_integral_value(ROUND_CEILING))


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
    request = 0 if per_thousand is None else _pico(_price_at(per_thousand, 0) or 0) * 1000
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
                input=_pico(plain),
                output=_pico(output),
                cached=_pico(plain if cached is None else cached),
                cache_write=_pico(plain if write is None else write),
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
