"""What an API engine sees of money and rate limits: reserve before sending, settle after.

One attempt, step by step:

1. `ticket = await account.reserve(Ask(...))` waits for its turn. When it returns, the most that the
   attempt can cost is on disk: send at once. It raises ModelStops; let that pass.
2. `await account.observe(ticket, headers)` with the headers of any answer, also of an error.
3. Exactly one of
   - `settle(ticket, usage)`: the provider reports what it billed;
   - `void(ticket, why)`: the provider says that it billed nothing (429, 400, 401, 403, 404, or the
     request never left this machine);
   - `give_up(ticket, why)`: nobody will ever know (timeout, connection lost, 5xx): the most it can
     cost stays charged. A crash, or a cancelled `generate`, does the same by itself.
4. After a 429: `hold(seconds)` with Retry-After (None without that header), then reserve anew.

Every attempt is a reservation of its own; the SDK's own retries must be off. Tickets are plain
strings that stay valid over crashes and sessions: a batch writes its tickets into its intent file
and a later session settles them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

Tier = Literal["standard", "flex", "batch", "priority"]
"""At which price a request is served. To be billed as standard, ask for `service_tier=default`:
`auto` may be served as priority."""


@dataclass(frozen=True)
class Ask:
    """The most that one attempt may take."""

    request_id: str
    stage: str
    """As in `Request.stage`: elicit, judge, translate."""
    input_tokens: int
    """Upper bound: tokens, or `input_bound` of everything that is sent."""
    output_tokens: int
    """Upper bound, reasoning included: max_tokens."""
    input_characters: int = 0
    """Characters sent, for providers that estimate tokens by them; 0: `input_tokens` stands in."""
    attempt: int = 1
    tier: Tier = "standard"
    limited: bool = True
    """False for what does not count against the requests and tokens per minute: batches."""


@dataclass(frozen=True)
class TokenUsage:
    """What the provider reports for one attempt, in tokens."""

    input_tokens: int
    """All of the input, cached tokens included."""
    output_tokens: int
    """All of the output, reasoning included."""
    cached_tokens: int = 0
    """Of the input, what was read from the provider's cache."""
    cache_write_tokens: int = 0
    """Of the input, what was written to that cache, where the provider bills it apart."""
    reasoning_tokens: int = 0
    """Of the output, what was not shown; billed as output."""
    tier: Tier = "standard"
    """At which it was served, which may differ from what was asked."""


class Account(Protocol):
    """One model's handle on an account; safe to use from many tasks of one event loop.

    It pickles, so that it travels to a replica.
    """

    async def reserve(self, ask: Ask) -> str:
        """Wait for the attempt's turn and return its ticket; the maximum is on disk by then.

        Raises CapReached when the maximum does not fit the cap (it is never shrunk), and whatever
        else ModelStops stands for.
        """

    async def settle(self, ticket: str, usage: TokenUsage) -> float:
        """Charge what was billed instead of the maximum; return it in dollars.

        Does not wait for the disk: a crash before it is written leaves the maximum charged. A
        ticket that is settled already stays as it is.
        """

    async def void(self, ticket: str, why: str) -> None:
        """Take the charge back: nothing was billed."""

    async def give_up(self, ticket: str, why: str) -> None:
        """Leave the maximum charged for good, and tell the limiter that the attempt has ended."""

    async def observe(self, ticket: str, headers: Mapping[str, str]) -> None:
        """Correct the rate limiter by the `x-ratelimit-*` headers of an answer."""

    async def hold(self, seconds: float | None = None) -> None:
        """Send nothing for this model for so long: a 429 came, with this Retry-After."""

    async def overloaded(self) -> None:
        """Have fewer requests in flight: a 5xx, a timeout or a lost connection came."""

    async def close(self) -> None:
        """Wait until everything said is on disk."""


def input_bound(*texts: str, overhead: int = 64) -> int:
    """Return the most tokens that texts can be: a token is at least one byte of UTF-8.

    `overhead` is for what the provider adds around them: roles, separators, a schema's frame.
    """
    return sum(len(text.encode()) for text in texts) + overhead
