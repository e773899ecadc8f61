"""Bills of the server: dollars, and how often each request was paid for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.api_server.answers import Completion
from tests.api_server.settings import Money


@dataclass
class Bills:
    """Running total, from the server's own token counts and prices."""

    dollars: float = 0.0
    paid: Counter[str] = field(default_factory=Counter)
    """Number of good answers billed per request, by the client's request id."""
    spoilt: int = 0
    """Number of bills for answers that a fault made useless to the client."""
    output_tokens: int = 0

    def add(
        self, key: str, completion: Completion, money: Money, tier: str, *, spoilt: bool = False
    ) -> None:
        """Bill one answer at the tier that served it."""
        fresh = completion.input_tokens - completion.cached_tokens
        dollars = (
            fresh * money.input
            + completion.cached_tokens * money.cached
            + completion.output_tokens * money.output
        ) / 1e6
        self.dollars += dollars / 2 if tier in money.halved else dollars
        if spoilt:
            self.spoilt += 1
        else:
            self.paid[key] += 1
        self.output_tokens += completion.output_tokens
