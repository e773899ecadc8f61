"""Terms, asks and governors for tests, at prices that are easy to add up."""

from __future__ import annotations

from pathlib import Path

from culture_ray.spending.account import Ask, Tier
from culture_ray.spending.balances import Caps
from culture_ray.spending.billing import ModelBilling
from culture_ray.spending.governor import Governor
from culture_ray.spending.ledger import Ledger
from culture_ray.spending.limiter import Limits
from culture_ray.spending.prices import Price, Prices, price_of

START = 1_700_000_000.0

DOLLAR_PER_MILLION = price_of("m", "m", own=Prices(input=1.0, output=1.0))
"""One token costs 1000 nanodollars."""


def terms(
    *names: str, limits: Limits | None = None, price: Price = DOLLAR_PER_MILLION
) -> dict[str, ModelBilling]:
    fast = Limits(1e9, 1e12)
    return {name: ModelBilling(name, price, limits or fast, pool=name) for name in names}


def ask(
    tokens: int, stage: str = "elicit", tier: Tier = "standard", *, limited: bool = True
) -> Ask:
    """An ask whose maximum is `tokens` thousand nanodollars."""
    return Ask("r", stage, 0, tokens, tier=tier, limited=limited)


def governor(
    path: Path, caps: Caps, *names: str, limits: Limits | None = None, now: float = START
) -> Governor:
    return Governor(Ledger(path, "run a"), "a", terms(*(names or ("m",)), limits=limits), caps, now)
