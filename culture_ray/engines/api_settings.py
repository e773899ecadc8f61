"""Settings of API models: the `api` part of a model's YAML file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from annotated_types import Ge

from culture_ray.engines.api_address import ApiAddress, address_of
from culture_ray.engines.api_headers import header_variables, sent_headers
from culture_ray.errors import MissingKey
from culture_ray.redaction.keys import checked_key

NO_KEY = "none"
"""Key sent to servers without keys, because the client requires one."""


@dataclass(frozen=True)
class BatchSettings:
    """Limits of the provider on batches, and when batches are sent and polled."""

    most_requests: Annotated[int, Ge(1)] = 50_000
    most_bytes: Annotated[int, Ge(1)] = 200_000_000
    enqueued_tokens: int | None = None
    """Maximum input tokens in all unfinished batches of this model; null for no limit."""
    in_flight: Annotated[int, Ge(1)] = 100_000
    """Number of requests that wait for batches at the same time."""
    gather_s: Annotated[float, Ge(0)] = 10.0
    """A batch is sent when it is full, or when no request has arrived for this long."""
    poll_s: Annotated[float, Ge(0)] = 30.0
    """Time between two polls of a batch."""


@dataclass(frozen=True)
class ApiSettings:
    """Address of an API model, and the form and limits of requests to it."""

    form: Literal["chat", "responses"] = "chat"
    """Chat Completions or Responses."""
    base_url: str | None = None
    """Any server that implements OpenAI's API; null for OpenAI itself. Every call carries its
    query, such as ?api-version=preview."""
    key_variable: str | None = "OPENAI_API_KEY"
    """Environment variable that holds the key; null for a server without keys."""
    tier: Literal["standard", "flex"] = "standard"
    """Flex is cheaper and slower. Batches have their own tier."""
    timeout_s: Annotated[float, Ge(1)] = 600.0
    """Longest wait for an answer; the second attempt waits twice as long, the third three times."""
    attempts: Annotated[int, Ge(1)] = 5
    """Number of times that a request may fail by passing faults (server errors, timeouts) while the
    model answers others; faults while it answers none are waited out."""
    give_up_after_s: Annotated[float, Ge(1)] = 21_600.0
    """Time without any answer after which the model stops; its requests are left for later."""
    logprobs: bool = True
    """True if the model returns probabilities of tokens; reasoning models do not."""
    output_limit: Literal["max_completion_tokens", "max_tokens"] = "max_completion_tokens"
    """Name of the output limit in Chat Completions; older servers only know max_tokens."""
    extra_input_tokens: Annotated[int, Ge(0)] = 0
    """Input tokens that one request may be billed beyond its texts, such as a prompt of the
    provider's own or citations; they are reserved for each request."""
    extra_output_tokens: Annotated[int, Ge(0)] = 0
    """Output tokens that one response may be billed beyond its output limit, such as reasoning that
    the limit does not cover; they are reserved for each request."""
    stated_costs: bool = True
    """True to charge the cost in dollars that an answer states, where it is above that of its
    tokens; false if the provider's field has another unit."""
    body: Mapping[str, Any] = field(default_factory=dict)
    """Added to the body of every request; null removes a field."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Added to every request; $NAME in a value stands for the environment variable NAME."""
    system_role: bool = True
    """False if the server has no system role: the system text then precedes the user's."""
    batching: BatchSettings = field(default_factory=BatchSettings)

    @property
    def address(self) -> ApiAddress | None:
        """Return the parts of `base_url`, None for OpenAI itself."""
        return None if self.base_url is None else address_of(self.base_url)

    @property
    def shown_url(self) -> str | None:
        """Return `base_url` without credentials and query, for files and messages."""
        return None if self.base_url is None else address_of(self.base_url).shown

    @property
    def extra_fields(self) -> dict[str, Any]:
        """Return `body` with the fields in its `extra_body`, the client's name for unknown ones."""
        extra = self.body.get("extra_body")
        plain = {key: value for key, value in self.body.items() if key != "extra_body"}
        return plain | (dict(extra) if isinstance(extra, Mapping) else {})

    @property
    def key_variables(self) -> tuple[str, ...]:
        """Return the environment variables with its keys; none for a server without keys."""
        in_headers = tuple(header_variables(self.headers))
        return in_headers if self.key_variable is None else (*in_headers, self.key_variable)

    def key(self, model: str) -> str:
        """Return the key from the environment.

        Raises MissingKey or BadKey, which name the environment variable.
        """
        for variable in header_variables(self.headers):
            if not checked_key(variable, os.environ.get(variable, "")):
                raise MissingKey(model, variable)
        if self.key_variable is None:
            return NO_KEY
        key = checked_key(self.key_variable, os.environ.get(self.key_variable, ""))
        if not key:
            raise MissingKey(model, self.key_variable)
        return key

    def sent_headers(self) -> dict[str, str]:
        """Return the headers with the values of their environment variables."""
        return sent_headers(self.headers, os.environ)
