"""How an API model is reached: the part of a model's file that only API models have."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from culture_ray.errors import MissingKey

NO_KEY = "none"
"""Sent where a server wants no key: the client insists on one."""


@dataclass(frozen=True)
class Batching:
    """The provider's limits on batches, and how they are made up."""

    most_requests: int = 50_000
    most_bytes: int = 200_000_000
    enqueued_tokens: int | None = None
    """Most input tokens in all unfinished batches of this model; null where there is no limit."""
    in_flight: int = 100_000
    """Requests that wait for batches at once."""
    gather_s: float = 10.0
    """A batch is sent when no further request came for so long, or when it is full."""
    poll_s: float = 30.0
    """Between two looks at a batch."""


@dataclass(frozen=True)
class Api:
    """Where an API model is, and in which of the API's forms it is asked."""

    form: Literal["chat", "responses"] = "chat"
    """Chat Completions or Responses."""
    base_url: str | None = None
    """Any server that speaks OpenAI's API; null is OpenAI itself."""
    key_variable: str | None = "OPENAI_API_KEY"
    """Name of the environment variable that holds the key; null for a server without keys."""
    tier: Literal["standard", "flex"] = "standard"
    """Flex is cheaper and slower. Batches have a tier of their own."""
    timeout_s: float = 600.0
    attempts: int = 5
    """Times a request is sent at most where the fault may pass."""
    logprobs: bool = True
    """Whether the model tells the probabilities of tokens; reasoning models do not."""
    output_limit: Literal["max_completion_tokens", "max_tokens"] = "max_completion_tokens"
    """What Chat Completions calls the limit of a response; older servers know only max_tokens."""
    body: Mapping[str, Any] = field(default_factory=dict)
    """Added to every request's body as it is; a null takes a field out of it."""
    batching: Batching = field(default_factory=Batching)

    def key(self, model: str) -> str:
        """Return the key from the environment; raises MissingKey, which names the variable."""
        if self.key_variable is None:
            return NO_KEY
        key = os.environ.get(self.key_variable, "").strip()
        if not key:
            raise MissingKey(model, self.key_variable)
        return key
