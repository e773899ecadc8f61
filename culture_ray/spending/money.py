"""Money in whole nanodollars, so that sums are exact.

Costs are rounded up and caps down, so that neither is ever too favourable.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

Nanodollars = int
"""1e-9 dollars."""


def dollars(nano: Nanodollars) -> float:
    """Convert nanodollars to dollars."""
    return nano / 1e9


def nano_of(amount: float) -> Nanodollars:
    """Convert dollars to nanodollars, rounded down: a cap never exceeds the written amount."""
    return int(Decimal(str(amount)) * 10**9)


def nano_from_pico(pico: int) -> Nanodollars:
    """Convert picodollars to nanodollars, rounded up."""
    return -(-pico // 1000)


def pico_each(per_million: float | Decimal) -> int:
    """Convert dollars per million tokens or requests to picodollars for each, rounded up."""
    return int((Decimal(str(per_million)) * 10**6).to_integral_value(ROUND_CEILING))
