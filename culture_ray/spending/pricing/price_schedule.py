"""Cost of a reported usage, and the most that a request can cost, by a model's token rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from culture_ray.spending.account import Tier, TokenUsage, UsageBound
from culture_ray.spending.money import Nanodollars, nano_from_pico
from culture_ray.spending.pricing.price_calendar import Calendar


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
            nano_from_pico(input_tokens * max(r.input, r.cache_write, r.cached)
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


def _of_tier(tiers: Tiers, tier: Tier) -> Sequence[TokenRates]:
    return tiers.get(tier) or tiers["standard"]


def _cost(tiers: Tiers, usage: TokenUsage) -> Nanodollars:
    rate = next(
        r for r in reversed(_of_tier(tiers, usage.tier)) if r.above < max(1, usage.input_tokens)
    )
    plain = max(0, usage.input_tokens - usage.cached_tokens - usage.cache_write_tokens)
    return nano_from_pico(
        plain * rate.input
        + usage.cached_tokens * rate.cached
        + usage.cache_write_tokens * rate.cache_write
        + usage.output_tokens * rate.output
        + rate.request
    )
