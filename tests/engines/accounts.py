"""Account in memory that records the calls of an engine."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from culture_ray.errors import CapReached
from culture_ray.spending.account import TokenUsage, UsageBound
from culture_ray.spending.breaker import PassingFault


@dataclass
class RecordingAccount:
    """Account that admits `most` reservations, then reports that the cap is reached."""

    most: int = 10**9
    asks: dict[str, UsageBound] = field(default_factory=dict)
    ends: dict[str, tuple[str, object]] = field(default_factory=dict)
    """End of each ticket (settled, void or given up), with the usage or the reason."""
    headers: list[dict[str, str]] = field(default_factory=list)
    pauses: list[float | None] = field(default_factory=list)
    overloads: int = 0
    faults: list[PassingFault] = field(default_factory=list)
    stops: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    closed: bool = False

    async def reserve(self, ask: UsageBound) -> str:
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

    async def mark_unresolved(self, ticket: str, why: str) -> None:
        self._end(ticket, "given up", why)

    async def observe_headers(self, ticket: str, headers: Mapping[str, str]) -> None:
        assert ticket in self.asks
        self.headers.append(dict(headers))

    async def rate_limited(
        self, retry_after_s: float | None = None, ticket: str | None = None
    ) -> None:
        self.pauses.append(retry_after_s)

    async def overloaded(self) -> None:
        self.overloads += 1

    async def answered(self, ticket: str) -> None:
        assert ticket in self.asks or not ticket

    async def unavailable(self, ticket: str, fault: PassingFault) -> None:
        assert ticket not in self.ends, "the fault is said before the attempt ends"
        self.faults.append(fault)

    async def stop(self, reason: str) -> None:
        self.stops.append(reason)

    async def notice(self, sentence: str) -> None:
        self.notices.append(sentence)

    async def close(self) -> None:
        self.closed = True

    def next_session(self) -> RecordingAccount:
        """Return the account as the next session sees it: its tickets are known."""
        return RecordingAccount(asks=dict(self.asks))

    def _end(self, ticket: str, end: str, detail: object) -> None:
        assert ticket in self.asks
        assert ticket not in self.ends, "a ticket ends only once"
        self.ends[ticket] = (end, detail)

    @property
    def outcomes(self) -> list[str]:
        """Return the end of every ticket, in the order of reservation."""
        return [self.ends.get(ticket, ("open", None))[0] for ticket in self.asks]
