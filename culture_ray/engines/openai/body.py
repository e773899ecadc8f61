"""Request bodies of Chat Completions and Responses, and upper bounds on their usage."""

from __future__ import annotations

import json
from typing import Any

from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.interface import Request
from culture_ray.engines.openai.output_bound import output_bound
from culture_ray.engines.openai.system_role import without_system_role
from culture_ray.spending.account import Tier, UsageBound, input_bound

PATHS = {"chat": "/v1/chat/completions", "responses": "/v1/responses"}
"""Endpoint of each form in a batch."""

TOP_LOGPROBS = 20
"""Largest number that the API allows; an option that is not among them has probability 0."""

_MIN_OUTPUT = {"chat": 1, "responses": 16}
"""Smallest output limit that the API accepts."""


def request_body(
    request: Request,
    source: str,
    api: ApiSettings,
    *,
    unreadable: int = 0,
    logprobs: bool = True,
) -> dict[str, Any]:
    """Return the body of a request; `source` is the API's name of the model.

    Each `unreadable` answer so far changes the seed, or the same answer would come again; a request
    that is repeated for another reason stays the same. Without `logprobs`, options are requested by
    plain sampling.
    """
    body = (_chat if api.form == "chat" else _responses)(request, source, api)
    if not api.system_role:
        body = without_system_role(body)
    if request.options and logprobs:
        body |= _probabilities(api)
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
    texts = (request.system, request.prompt, request.schema or "")
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


def _chat(request: Request, source: str, api: ApiSettings) -> dict[str, Any]:
    sampling = request.sampling
    messages = [{"role": "user", "content": request.prompt}]
    if request.system:
        messages.insert(0, {"role": "system", "content": request.system})
    body: dict[str, Any] = {
        "model": source,
        "messages": messages,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        api.output_limit: sampling.max_tokens,
        "stop": list(sampling.stop) or None,
    }
    if request.schema is not None:
        schema_format = {"name": "answer", "strict": True, "schema": json.loads(request.schema)}
        body["response_format"] = {"type": "json_schema", "json_schema": schema_format}
    return body


def _responses(request: Request, source: str, api: ApiSettings) -> dict[str, Any]:
    sampling = request.sampling
    body: dict[str, Any] = {
        "model": source,
        "instructions": request.system or None,
        "input": request.prompt,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_output_tokens": max(sampling.max_tokens, _MIN_OUTPUT["responses"]),
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
