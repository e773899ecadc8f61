"""What every engine takes and gives: a request in, a response out, one at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True)
class Sampling:
    """How a response is drawn."""

    temperature: float = 0.7
    top_p: float = 0.95
    max_tokens: int = 600
    stop: tuple[str, ...] = ()
    samples: int = 1
    """Responses per prompt; each is a request of its own with its own seed."""


@dataclass(frozen=True)
class Request:
    """One thing to ask one model once."""

    request_id: str
    prompt: str
    sampling: Sampling
    system: str = ""
    """Instructions that come before the prompt, for chat models."""
    schema: str | None = None
    """JSON schema that the response must follow, as JSON text."""
    choices: tuple[str, ...] = ()
    """Words of which the response must be one; for engines that can constrain it so."""
    options: tuple[str, ...] = ()
    """Answers of which the probability is wanted, such as A, B, C; each is one token.

    An engine that cannot tell it treats the request as any other: its response has a text, from
    which the answer is read, and no probabilities.
    """
    stage: str = "elicit"
    """Which stage asks; money is counted by stage and model."""

    @property
    def seed(self) -> int:
        """Return the sampling seed, 0 to 2**31 - 1, derived from the request id alone."""
        digest = hashlib.blake2b(self.request_id.encode(), digest_size=8, person=b"seed").digest()
        return int.from_bytes(digest, "big") % 2**31


@dataclass(frozen=True)
class Response:
    """What came back, or why nothing did."""

    request_id: str
    text: str | None
    finish_reason: str
    """stop, length, or error."""
    prompt_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0
    failure: str | None = None
    """Why `text` is None."""
    probabilities: tuple[float, ...] | None = None
    """How probable each of the request's options is as the next word, with or without a blank
    before it. They sum to at most 1: the rest lies on other words."""
    transient: bool = False
    """Whether the same request may well succeed when it is sent again."""
    attempts: int = 1
    """How often it was sent to get this."""
    dollars: float | None = None
    """What it cost as the provider reports it, all attempts together; None for local models."""


class Engine(Protocol):
    """One loaded copy of a model, or one account of an API."""

    in_flight: int
    """How many requests it wants at once; fewer leave it idle."""

    async def start(self) -> None:
        """Load what is needed; raises EngineFailed in the engine's own words."""

    async def generate(self, request: Request) -> Response:
        """Return the response to one request; a bad request is a response with a failure."""

    async def close(self) -> None:
        """Free memory and connections."""


@runtime_checkable
class CountsTokens(Protocol):
    """An engine that can say, at any moment, whether it is getting on."""

    tokens_so_far: int
    """Output tokens made since it started, those of unfinished responses included."""


@runtime_checkable
class CachesAnswers(Protocol):
    """An engine that keeps paid answers until they stand in a shard."""

    def stored(self, request_ids: Iterable[str]) -> None:
        """Forget these: their shard is committed."""
