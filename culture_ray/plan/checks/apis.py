"""Checks of the `api` part of a model's file, before anything is sent or written."""

from __future__ import annotations

from culture_ray.engines.api_address import address_problem
from culture_ray.engines.api_headers import header_problem
from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.openai.output_bound import OUTPUT_LIMITS
from culture_ray.errors import BadApiSettings

_OURS = {
    "messages": "holds the prompts, which culture_ray writes: remove it",
    "input": "holds the prompts, which culture_ray writes: remove it",
    "instructions": "holds the prompts, which culture_ray writes: remove it",
    "stream": "has no use: answers are read whole; remove it",
    "stream_options": "has no use: answers are read whole; remove it",
}


def check_address(name: str, api: ApiSettings) -> None:
    """Raise BadApiSettings for an address or a header that cannot be used, or holds a secret."""
    if api.base_url is not None and (problem := address_problem(api.base_url)) is not None:
        raise BadApiSettings(name, "base_url", problem)
    for header, value in api.headers.items():
        if (problem := header_problem(header, value)) is not None:
            raise BadApiSettings(name, f"headers.{header}", problem)


def check_body(name: str, api: ApiSettings, *, priced: bool) -> None:
    """Raise BadApiSettings for a field of the body that cannot be used.

    A model whose tokens cost something, `priced`, needs an output limit: without one, the highest
    possible cost of a request is unknown, and no cap could hold.
    """
    body = api.extra_fields
    for field, problem in _OURS.items():
        if body.get(field) is not None:
            raise BadApiSettings(name, f"body.{field}", problem)
    default = api.output_limit if api.form == "chat" else "max_output_tokens"
    limits = {default: 1} | {key: body[key] for key in OUTPUT_LIMITS if key in body}
    stated = {key: value for key, value in limits.items() if value is not None}
    for key, value in stated.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise BadApiSettings(name, f"body.{key}", f"is {value!r}: expected a number of tokens")
    if priced and not stated:
        raise BadApiSettings(
            name,
            "body",
            f"removes {default}, and without a limit on the output no cap can hold: to send the "
            f"limit under its older name, write output_limit: max_tokens; or add a number to body, "
            f"such as max_tokens: 600",
        )
