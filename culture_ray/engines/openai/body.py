"""From a request to the body that is sent, in the words of Chat Completions or of Responses."""

from __future__ import annotations

import json
from typing import Any

from culture_ray.engines.api_settings import Api
from culture_ray.engines.interface import Request
from culture_ray.spending.account import Ask, Tier, input_bound

PATHS = {"chat": "/v1/chat/completions", "responses": "/v1/responses"}
"""What a batch calls the two forms."""

TOP_LOGPROBS = 20
"""As many likeliest tokens as the API gives; an option that is not among them has no weight."""

_LEAST_OUTPUT = {"chat": 1, "responses": 16}
"""The API refuses a lower limit."""


def body_of(
    request: Request, source: str, api: Api, *, unread: int = 0, logprobs: bool = True
) -> dict[str, Any]:
    """Return the body; `source` is the API's name of the model.

    After each of `unread` answers that could not be read the seed is another one, or they would
    come again; sent anew for another reason, a request stays what it was. Without `logprobs`,
    options are asked for by plain sampling.
    """
    made = (_chat if api.form == "chat" else _responses)(request, source, api)
    if request.options and logprobs:
        made |= _probabilities(api)
    if api.form == "chat":
        made["seed"] = (request.seed + unread) % 2**31
    if api.tier == "flex":
        made["service_tier"] = "flex"
    elif api.base_url is None:
        made["service_tier"] = "default"  # a project's own default may be dearer
    made |= api.body
    return {key: value for key, value in made.items() if value is not None}


def ask_of(
    request: Request, body: dict[str, Any], attempt: int, tier: Tier, *, limited: bool
) -> Ask:
    """Return the most that sending `body` may take."""
    most = next(
        body[name]
        for name in ("max_completion_tokens", "max_tokens", "max_output_tokens")
        if name in body
    )
    texts = (request.system, request.prompt, request.schema or "")
    return Ask(
        request_id=request.request_id,
        stage=request.stage,
        input_tokens=input_bound(*texts),
        input_characters=sum(len(text) for text in texts),
        output_tokens=int(most),
        attempt=attempt,
        tier=tier,
        limited=limited,
    )


def _chat(request: Request, source: str, api: Api) -> dict[str, Any]:
    sampling = request.sampling
    messages = [{"role": "user", "content": request.prompt}]
    if request.system:
        messages.insert(0, {"role": "system", "content": request.system})
    made: dict[str, Any] = {
        "model": source,
        "messages": messages,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        api.output_limit: sampling.max_tokens,
        "stop": list(sampling.stop) or None,
    }
    if request.schema is not None:
        form = {"name": "answer", "strict": True, "schema": json.loads(request.schema)}
        made["response_format"] = {"type": "json_schema", "json_schema": form}
    return made


def _responses(request: Request, source: str, api: Api) -> dict[str, Any]:
    sampling = request.sampling
    made: dict[str, Any] = {
        "model": source,
        "instructions": request.system or None,
        "input": request.prompt,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_output_tokens": max(sampling.max_tokens, _LEAST_OUTPUT["responses"]),
        "store": False,
    }
    if request.schema is not None:
        schema = json.loads(request.schema)
        form = {"type": "json_schema", "name": "answer", "strict": True, "schema": schema}
        made["text"] = {"format": form}
    return made


def _probabilities(api: Api) -> dict[str, Any]:
    wanted: dict[str, Any] = {"temperature": 0.0, "top_p": 1.0, "top_logprobs": TOP_LOGPROBS}
    if api.form == "chat":
        return wanted | {"logprobs": True, api.output_limit: _LEAST_OUTPUT["chat"]}
    return wanted | {
        "include": ["message.output_text.logprobs"],
        "max_output_tokens": _LEAST_OUTPUT["responses"],
    }
