"""Settings of the spending for API models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Gt, doc

Dollars = Annotated[float, Gt(0), doc("above 0 dollars; to spend nothing, leave API models out")]


@dataclass(frozen=True)
class SpendingSettings:
    """Caps on the spending for API models."""

    cap_dollars: Dollars | None = None
    """Cap on the whole ledger in dollars; required if any request costs money."""
    models: Mapping[str, Dollars] | None = None
    """Caps in dollars by model or judge."""
    stages: Mapping[str, Dollars] | None = None
    """Caps in dollars by stage: elicit, benchmark, judge."""
    confirm: bool = False
    """Ask for confirmation on the terminal before the first paid request."""
    account: str | None = None
    """Folder of a ledger, cap and rate limit that several runs share; null takes the run's own."""
