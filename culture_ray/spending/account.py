"""Interface between an API engine and spending control: reserve before sending, settle after.

One attempt, step by step:

1. `ticket = await account.reserve(UsageBound(...))` waits for the attempt's turn. When it returns,
   the maximum cost of the attempt is on disk: send at once. It raises ModelStops; let that pass.
2. `await account.observe_headers(ticket, headers)` with the headers of any answer, errors included.
3. Exactly one of
   - `settle(ticket, usage)`: the provider reports what it billed;
   - `void(ticket, reason)`: the provider billed nothing (429, 400, 401, 403, 404, or the request
     never left this machine);
   - `mark_unresolved(ticket, reason)`: the cost will never be known (timeout, lost connection,
     5xx): the maximum stays charged. A crash or a cancelled `generate` has the same effect.
   Before that, `unavailable(ticket, fault)` after a passing fault (429, 5xx, timeout, lost
   connection), and `answered(ticket)` after an answer that does not say what it used.
4. After a 429: `rate_limited(seconds, ticket)` with Retry-After (None without that header), then
   reserve anew.

Every attempt needs its own reservation; the SDK's own retries must be off. Tickets are plain
strings that stay valid over crashes and sessions: the batch journal stores its tickets, and a later
session settles them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal, Protocol

from culture_ray.spending.breaker import PassingFault

Tier = Literal["standard", "flex", "batch", "priority"]
"""Price tier of a request. To be billed as standard, send `service_tier=default`: the provider may
serve `auto` as priority."""


@dataclass(frozen=True)
class UsageBound:
    """Upper bound on the tokens of one attempt of a request."""

    request_id: str
    stage: str
    """As in `Request.stage`: elicit, benchmark, judge, translate."""
    input_tokens: int
    """Upper bound: an exact count, or `input_bound` of all texts that are sent."""
    output_tokens: int
    """Upper bound on what the output limit covers: max_tokens, times the answers asked for."""
    input_characters: int = 0
    """Characters sent, for providers that estimate tokens from them; 0: use `input_tokens`."""
    attempt: int = 1
    tier: Tier = "standard"
    limited: bool = True
    """False for batches, which do not count against requests and tokens per minute."""
    urgent: bool = False
    """True for a control request, which goes before all that wait."""
    reasoning_tokens: int = 0
    """Reasoning that may be billed beyond `output_tokens`; rate limits do not count it."""

    @property
    def billed_output_tokens(self) -> int:
        """Return the upper bound on all output tokens that may be billed."""
        return self.output_tokens + self.reasoning_tokens


@dataclass(frozen=True)
class TokenUsage:
    """Token counts that the provider reports for one attempt."""

    input_tokens: int
    """All input tokens, cached ones included."""
    output_tokens: int
    """All output tokens, reasoning included."""
    cached_tokens: int = 0
    """Input tokens read from the provider's cache."""
    cache_write_tokens: int = 0
    """Input tokens written to that cache, where the provider bills them separately."""
    reasoning_tokens: int = 0
    """Output tokens that were not returned; billed as output."""
    tier: Tier = "standard"
    """Tier that served the request; it may differ from the one requested."""
    stated_nano: int = 0
    """Nanodollars that the provider states beside its counts; 0 if it states none."""

    def __post_init__(self) -> None:
        """Make the counts whole, rounded up, and never negative: no usage is worth money."""
        for count in fields(self):
            if count.name != "tier":
                tokens = max(0, math.ceil(getattr(self, count.name)))
                object.__setattr__(self, count.name, tokens)

    @property
    def is_empty(self) -> bool:
        """Return True for a report of nothing, which no request can have used."""
        return not (self.input_tokens or self.output_tokens)


class Account(Protocol):
    """Spending account of one model; safe to use from many tasks of one event loop.

    Pickles, so that it can be sent to a replica.
    """

    async def reserve(self, bound: UsageBound) -> str:
        """Wait for the attempt's turn and return its ticket; the maximum cost is on disk by then.

        Raises CapReached when the maximum does not fit under the cap (it is never reduced), or
        another ModelStops.
        """

    async def settle(self, ticket: str, usage: TokenUsage) -> float:
        """Replace the reserved maximum by the billed cost; return that cost in dollars.

        Does not wait for the disk: a crash before the write leaves the maximum charged. Settling a
        ticket twice has no effect.
        """

    async def void(self, ticket: str, reason: str) -> None:
        """Cancel a reservation: nothing was billed."""

    async def mark_unresolved(self, ticket: str, reason: str) -> None:
        """Leave the maximum charged for good, and tell the limiter that the attempt has ended."""

    async def observe_headers(self, ticket: str, headers: Mapping[str, str]) -> None:
        """Update the rate limiter from the rate-limit headers of an answer."""

    async def rate_limited(
        self, retry_after_s: float | None = None, ticket: str | None = None
    ) -> None:
        """Take in a 429 with its Retry-After header; the model pauses if 429s are many.

        The request of the `ticket` itself waits that long before its next turn, and longer each
        time.
        """

    async def overloaded(self) -> None:
        """Reduce the requests in flight after a 5xx, a timeout or a lost connection."""

    async def answered(self, ticket: str) -> None:
        """Tell the circuit breaker that the model has answered, as `settle` does."""

    async def unavailable(self, ticket: str, fault: PassingFault) -> None:
        """Tell the circuit breaker of a passing fault; it may hold the model's next requests."""

    async def stop(self, reason: str) -> None:
        """Let every further `reserve` for this model raise ModelStops with this reason."""

    async def notice(self, sentence: str) -> None:
        """Tell the user a sentence about this model, once."""

    async def close(self) -> None:
        """Wait until all settlements are on disk."""


def input_bound(*texts: str, overhead: int = 64) -> int:
    """Return an upper bound on the tokens of texts: a token is at least one byte of UTF-8.

    `overhead` covers what the provider adds: roles, separators, the framing of a schema.
    """
    return sum(len(text.encode()) for text in texts) + overhead
