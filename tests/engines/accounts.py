"""An account in memory that writes down what an engine does with it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from culture_ray.errors import CapReached
from culture_ray.spending.account import Ask, TokenUsage


@dataclass
class NotingAccount:
    """Grants `most` reservations, then the cap is reached."""

    most: int = 10**9
    asks: dict[str, Ask] = field(default_factory=dict)
    ends: dict[str, tuple[str, object]] = field(default_factory=dict)
    """How each ticket ended: settled, void or given up, with the usage or the reason."""
    headers: list[dict[str, str]] = field(default_factory=list)
    holds: list[float | None] = field(default_factory=list)
    overloads: int = 0
    closed: bool = False

    async def reserve(self, ask: Ask) -> str:
        if len(self.asks) >= self.most:
            raise CapReached("the cap is reached")
        ticket = f"t{len(self.asks)}"
        self.asks[ticket] = ask
        await asyncio.sleep(0)
        return ticket

    async def settle(self, ticket: str, usage: TokenUsage) -> float:
        self._end(ticket, "settled", usage)
        return (2 * usage.input_tokens + 8 * usage.output_tokens) / 1e6

    async def void(self, ticket: str, why: str) -> None:
        self._end(ticket, "void", why)

    async def give_up(self, ticket: str, why: str) -> None:
        self._end(ticket, "given up", why)

    async def observe(self, ticket: str, headers: Mapping[str, str]) -> None:
        assert ticket in self.asks
        self.headers.append(dict(headers))

    async def hold(self, seconds: float | None = None) -> None:
        self.holds.append(seconds)

    async def overloaded(self) -> None:
        self.overloads += 1

    async def close(self) -> None:
        self.closed = True

    def next_session(self) -> NotingAccount:
        """Return the account as another process finds it: its tickets are known."""
        return NotingAccount(asks=dict(self.asks))

    def _end(self, ticket: str, how: str, what: object) -> None:
        assert ticket in self.asks
        assert ticket not in self.ends, "a ticket ends once"
        self.ends[ticket] = (how, what)

    @property
    def how(self) -> list[str]:
        """How the tickets ended, in the order they were given."""
        return [self.ends.get(ticket, ("open", None))[0] for ticket in self.asks]
