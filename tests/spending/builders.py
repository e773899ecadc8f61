"""Builders of billing, usage bounds and governors for tests, at prices that are easy to add up."""

from __future__ import annotations

from pathlib import Path

from culture_ray.spending.account import Tier, UsageBound
from culture_ray.spending.balances import Caps
from culture_ray.spending.billing import ModelBilling
from culture_ray.spending.governor import Governor
from culture_ray.spending.ledger import Ledger
from culture_ray.spending.limits import Limits
from culture_ray.spending.messages import Admission, Answered, Reserve
from culture_ray.spending.prices import Prices, price_of
from culture_ray.spending.pricing.price_schedule import PriceSchedule

START = 1_700_000_000.0

DOLLAR_PER_MILLION = price_of("m", "m", own=Prices(input=1.0, output=1.0))
"""One token costs 1000 nanodollars."""


def billing(
    *names: str, limits: Limits | None = None, price: PriceSchedule = DOLLAR_PER_MILLION
) -> dict[str, ModelBilling]:
    fast = Limits(1e9, 1e12)
    return {name: ModelBilling(name, price, limits or fast, pool=name) for name in names}


def usage_bound(
    tokens: int, stage: str = "elicit", tier: Tier = "standard", *, limited: bool = True
) -> UsageBound:
    """Return a bound whose maximum cost is `tokens` thousand nanodollars."""
    return UsageBound("r", stage, 0, tokens, tier=tier, limited=limited)


def governor(
    path: Path,
    caps: Caps,
    *names: str,
    limits: Limits | None = None,
    now: float = START,
    price: PriceSchedule = DOLLAR_PER_MILLION,
) -> Governor:
    """Return a governor whose models have answered, so that no request waits for a probe."""
    models = billing(*(names or ("m",)), limits=limits, price=price)
    governed = Governor(Ledger(path, "run a"), "a", models, caps, now)
    for name in models:
        governed.receive("before", Answered("", name), now)
    return governed


def text_bound(input_tokens: int = 0, output_tokens: int = 100, characters: int = 0) -> UsageBound:
    """Return a bound with exact counts."""
    return UsageBound("r", "elicit", input_tokens, output_tokens, characters)


def reserve(
    governed: Governor, tickets: dict[str, int], now: float = START, worker: str = "w"
) -> None:
    """Queue reservations of so many thousand nanodollars each."""
    for ticket, tokens in tickets.items():
        governed.receive(worker, Reserve(ticket, "m", usage_bound(tokens)), now)


def admitted(admissions: list[tuple[str, Admission]]) -> list[str]:
    """Return the tickets that were admitted."""
    return [admission.ticket for _, admission in admissions if admission.error is None]


def refused(admissions: list[tuple[str, Admission]]) -> list[str]:
    """Return the tickets that were refused."""
    return [admission.ticket for _, admission in admissions if admission.error is not None]
