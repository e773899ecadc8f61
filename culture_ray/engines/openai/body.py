"""Request bodies of Chat Completions and Responses, and upper bounds on their usage."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.interface import Request
from culture_ray.engines.model import Model
from culture_ray.engines.openai.output_bound import output_bound
from culture_ray.engines.openai.system_role import without_system_role
from culture_ray.spending.account import Tier, UsageBound, input_bound

PATHS = {"chat": "/v1/chat/completions", "responses": "/v1/responses"}
"""Endpoint of each form in a batch."""

TOP_LOGPROBS = 20
"""Largest number that the API allows; an option that is not among them has probability 0."""

_MIN_OUTPUT = {"chat": 1, "responses": 16}
"""Smallest output limit that the API accepts."""


@dataclass(frozen=True)
class Thinking:
    """Settings of a model that thinks, as far as they go into the body of a request."""

    tokens: int = 0
    """Budget for thoughts, which the output limit covers too."""
    template_args: Mapping[str, Any] = field(default_factory=dict)
    """Arguments of the server's chat template."""


NO_THINKING = Thinking()


def thinking_of(model: Model) -> Thinking:
    """Return the settings of a model's thoughts for its requests."""
    return Thinking(model.thinking_tokens, model.chat_template_args)


def request_body(
    request: Request,
    source: str,
    api: ApiSettings,
    *,
    thinking: Thinking = NO_THINKING,
    unreadable: int = 0,
    logprobs: bool = True,
) -> dict[str, Any]:
    """Return the body of a request; `source` is the API's name of the model.

    Each `unreadable` answer so far changes the seed, or the same answer would come again; a request
    that is repeated for another reason stays the same. Without `logprobs`, and for a model that
    thinks, options are requested by plain sampling. A stop sequence would end the thoughts, so it
    is not sent to a model that thinks: it is looked for in the answer.
    """
    limit = request.sampling.max_tokens + thinking.tokens
    body = (_chat if api.form == "chat" else _responses)(request, source, api, limit)
    if not api.system_role:
        body = without_system_role(body)
    if thinking.tokens:
        body.pop("stop", None)
    elif request.options and logprobs:
        body |= _probabilities(api)
    if thinking.template_args:
        body["chat_template_kwargs"] = dict(thinking.template_args)
    if api.form == "chat":
        body["seed"] = (request.seed + unreadable) % 2**31
    if api.tier == "flex":
        body["service_tier"] = "flex"
    elif api.base_url is None:
        body["service_tier"] = "default"  # the project's own default may cost more
    body |= api.extra_fields
    return {key: value for key, value in body.items() if value is not None}


def usage_bound(
    request: Request, body: dict[str, Any], attempt: int, tier: Tier, *, limited: bool
) -> UsageBound:
    """Return the upper bound on the usage of one attempt to send `body`."""
    output = output_bound(body, request.sampling.max_tokens)
    texts = request.texts
    return UsageBound(
        request_id=request.request_id,
        stage=request.stage,
        input_tokens=input_bound(*texts),
        input_characters=sum(len(text) for text in texts),
        output_tokens=output.tokens,
        reasoning_tokens=output.reasoning_tokens,
        attempt=attempt,
        tier=tier,
        limited=limited,
    )


def _chat(request: Request, source: str, api: ApiSettings, limit: int) -> dict[str, Any]:
    sampling = request.sampling
    body: dict[str, Any] = {
        "model": source,
        "messages": request.messages,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        api.output_limit: limit,
        "stop": list(sampling.stop) or None,
    }
    if request.schema is not None:
        schema_format = {"name": "answer", "strict": True, "schema": json.loads(request.schema)}
        body["response_format"] = {"type": "json_schema", "json_schema": schema_format}
    return body


def _responses(request: Request, source: str, api: ApiSettings, limit: int) -> dict[str, Any]:
    sampling = request.sampling
    conversation = [message for message in request.messages if message["role"] != "system"]
    body: dict[str, Any] = {
        "model": source,
        "instructions": request.system or None,
        "input": conversation if request.turns else request.prompt,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_output_tokens": max(limit, _MIN_OUTPUT["responses"]),
        "store": False,
    }
    if request.schema is not None:
        schema = json.loads(request.schema)
        schema_format = {"type": "json_schema", "name": "answer", "strict": True, "schema": schema}
        body["text"] = {"format": schema_format}
    return body


def _probabilities(api: ApiSettings) -> dict[str, Any]:
    parameters: dict[str, Any] = {"temperature": 0.0, "top_p": 1.0, "top_logprobs": TOP_LOGPROBS}
    if api.form == "chat":
        return parameters | {"logprobs": True, api.output_limit: _MIN_OUTPUT["chat"]}
    return parameters | {
        "include": ["message.output_text.logprobs"],
        "max_output_tokens": _MIN_OUTPUT["responses"],
    }
