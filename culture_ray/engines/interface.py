"""Interface of all engines: request, response, and the Engine protocol."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Protocol, runtime_checkable

from annotated_types import Ge, Gt, Le


@dataclass(frozen=True)
class Sampling:
    """Sampling parameters of a response."""

    temperature: Annotated[float, Ge(0)] = 0.7
    top_p: Annotated[float, Gt(0), Le(1)] = 0.95
    max_tokens: Annotated[int, Ge(1)] = 600
    stop: tuple[str, ...] = ()
    samples: int = 1
    """Responses per prompt; each is a separate request with its own seed."""


@dataclass(frozen=True)
class Turn:
    """Earlier exchange of a conversation, such as a worked example."""

    user: str
    assistant: str


@dataclass(frozen=True)
class Request:
    """One prompt to send to one model once."""

    request_id: str
    prompt: str
    sampling: Sampling
    system: str = ""
    """System message, for chat models."""
    schema: str | None = None
    """JSON schema of the response, as JSON text."""
    choices: tuple[str, ...] = ()
    """Allowed responses, for engines that support this constraint."""
    options: tuple[str, ...] = ()
    """Answers whose probability is requested, such as A, B, C; each is one token.

    An engine without probabilities treats the request like any other: its response has a text, from
    which the answer is parsed, and no probabilities.
    """
    adapter: str = ""
    """LoRA adapter that answers it, as the model's file names it; empty for the model itself."""
    stage: str = "elicit"
    """Stage that sends the request; spending is counted by stage and model."""
    turns: tuple[Turn, ...] = ()
    """Exchanges before the prompt, for chat models."""
    layer_words: tuple[tuple[str, ...], ...] = ()
    """Groups of words whose probability as the next one is requested after every layer, in place of
    a text; only for models of which `Model.reads_layers` is true."""

    @property
    def texts(self) -> tuple[str, ...]:
        """Return every text that is sent: system, earlier exchanges, prompt and schema."""
        earlier = (text for turn in self.turns for text in (turn.user, turn.assistant))
        return (self.system, *earlier, self.prompt, self.schema or "")

    @property
    def messages(self) -> list[dict[str, str]]:
        """Return the conversation as chat messages; the system message comes first."""
        system = [{"role": "system", "content": self.system}] if self.system else []
        earlier = [
            {"role": role, "content": text}
            for turn in self.turns
            for role, text in (("user", turn.user), ("assistant", turn.assistant))
        ]
        return [*system, *earlier, {"role": "user", "content": self.prompt}]

    @property
    def seed(self) -> int:
        """Return the sampling seed, 0 to 2**31 - 1, derived from the request id alone."""
        digest = hashlib.blake2b(self.request_id.encode(), digest_size=8, person=b"seed").digest()
        return int.from_bytes(digest, "big") % 2**31


@dataclass(frozen=True)
class Response:
    """Response to a request, or the reason for its failure."""

    request_id: str
    text: str | None
    finish_reason: str
    """stop, length, or error."""
    prompt_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0
    failure: str | None = None
    """Reason why `text` is None."""
    probabilities: tuple[float, ...] | None = None
    """Probability of each of the request's options as the next word, with or without a blank before
    it. They sum to at most 1: the rest belongs to other words."""
    layers: tuple[tuple[float | None, ...], ...] | None = None
    """Probability of each of the request's groups of words, layer by layer; None for a group that
    has no first token of its own."""
    transient: bool = False
    """True if the same request may succeed when it is sent again."""
    attempts: int = 1
    """Number of times that the request was sent."""
    thoughts: str | None = None
    """Thoughts of the model before its text; None if nothing came back."""
    reasoning_tokens: int | None = None
    """Tokens of the thoughts, included in `output_tokens`; None if unknown."""
    rendered_prompt: str | None = None
    """Prompt after the chat template, in the model's own marks; None if a provider applied it."""
    dollars: float | None = None
    """Cost of all attempts together as reported by the provider; None for local models."""


class Engine(Protocol):
    """One loaded copy of a model, or one connection to an API."""

    in_flight: int
    """Number of concurrent requests that keep it busy."""

    async def start(self) -> None:
        """Load the model; raises EngineFailed with the engine's own message."""

    async def generate(self, request: Request) -> Response:
        """Return the response to one request; a bad request gives a response with a failure."""

    async def close(self) -> None:
        """Free memory and connections."""


@runtime_checkable
class CountsTokens(Protocol):
    """Engine that reports its progress at any moment."""

    tokens_so_far: int
    """Output tokens generated since the start, unfinished responses included."""


@runtime_checkable
class CachesAnswers(Protocol):
    """Engine that caches paid answers until they are in a committed shard."""

    def stored(self, request_ids: Iterable[str]) -> None:
        """Forget the answers to these requests: their shard is committed."""
