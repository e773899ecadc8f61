"""What the server has billed: dollars, and how often each request was paid for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.api_server.answers import Answered
from tests.api_server.settings import Money


@dataclass
class Bills:
    """Counted by the server alone, from its own token counts and prices."""

    dollars: float = 0.0
    paid: Counter[str] = field(default_factory=Counter)
    """Times each request, known by the id the client gave it, was billed for a good answer."""
    spoilt: int = 0
    """Bills for answers that a fault kept from whoever asked."""
    output_tokens: int = 0

    def add(
        self, key: str, given: Answered, money: Money, tier: str, *, spoilt: bool = False
    ) -> None:
        """Bill one answer at the tier that served it."""
        fresh = given.input_tokens - given.cached_tokens
        dollars = (
            fresh * money.input
            + given.cached_tokens * money.cached
            + given.output_tokens * money.output
        ) / 1e6
        self.dollars += dollars / 2 if tier in money.halved else dollars
        if spoilt:
            self.spoilt += 1
        else:
            self.paid[key] += 1
        self.output_tokens += given.output_tokens
