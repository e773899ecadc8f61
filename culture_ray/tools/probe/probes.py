"""Probes of a provider: the question of each, and the body that asks it; pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.interface import Request, Sampling
from culture_ray.engines.openai.body import TOP_LOGPROBS

LONG_OUTPUT, SHORT_OUTPUT = 200, 16
"""Output limits in tokens; thoughts count towards them."""

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {"colour": {"type": "string", "enum": ["red", "green", "blue"]}},
    "required": ["colour"],
    "additionalProperties": False,
}

STOP_WORD = "Wednesday"
SYSTEM_WORD = "marmalade"


@dataclass(frozen=True)
class Probe:
    """One request of a probe."""

    name: str
    """Name of the probe, shown in the result."""
    prompt: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Parameters under test, as Chat Completions names them."""
    system: str = ""
    max_tokens: int = LONG_OUTPUT

    @property
    def request(self) -> Request:
        """Return the request as the engines know it, for its bound and its parser."""
        schema = json.dumps(SCHEMA) if "response_format" in self.parameters else None
        options = ("A", "B") if "logprobs" in self.parameters else ()
        sampling = Sampling(max_tokens=self.max_tokens)
        return Request(
            f"probe {self.name}",
            self.prompt,
            sampling,
            self.system,
            schema,
            options=options,
            stage="probe",
        )


PLAIN = Probe("answers", "Name one colour. Answer with one word.")

_NAMED = "Name a random town, and say in one sentence what is made there."

PROBES = (
    Probe("output limit", "Describe a walk through a town, in 300 words.", max_tokens=SHORT_OUTPUT),
    Probe("temperature", PLAIN.prompt, {"temperature": 0.7}),
    Probe("top_p", PLAIN.prompt, {"top_p": 0.9}),
    Probe("temperature and top_p", PLAIN.prompt, {"temperature": 0.7, "top_p": 0.9}),
    Probe("seed", _NAMED, {"seed": 11}),
    Probe("seed again", _NAMED, {"seed": 11}),
    Probe("stop", "Write the days of the week in order, from Monday.", {"stop": [STOP_WORD]}),
    Probe(
        "system message",
        "Name one food. Answer with one word.",
        system=f"Whatever you are asked, answer with the word {SYSTEM_WORD} alone.",
    ),
    Probe(
        "structured output",
        "Which colour is grass? Answer as JSON with the key colour: red, green or blue.",
        {
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA},
            }
        },
    ),
    Probe(
        "log probabilities",
        "Which letter comes first in the alphabet, A or B? Answer with one letter.",
        {"logprobs": True, "top_logprobs": TOP_LOGPROBS},
        max_tokens=SHORT_OUTPUT,
    ),
)
"""Probes that follow once PLAIN is answered."""

_CHAT_ONLY = ("seed", "stop")
"""Parameters that Responses does not have."""


def probes_for(api: ApiSettings) -> tuple[Probe, ...]:
    """Return the probes for a form of the API; parameters that `api.body` fixes are not tested."""
    missing = {*api.body, *(_CHAT_ONLY if api.form == "responses" else ())}
    return tuple(probe for probe in PROBES if not missing & set(probe.parameters))


def body_of(probe: Probe, source: str, api: ApiSettings, limit_name: str) -> dict[str, Any]:
    """Return the body of a probe; `limit_name` names the output limit.

    Nothing but the parameters under test is sent, and what the model's settings add.
    """
    parameters = dict(probe.parameters)
    limit = {limit_name: probe.max_tokens}
    if api.form == "chat":
        system = [{"role": "system", "content": probe.system}] if probe.system else []
        messages = [*system, {"role": "user", "content": probe.prompt}]
        body = {"model": source, "messages": messages} | limit | parameters
    else:
        body = {"model": source, "input": probe.prompt, "store": False} | limit
        body |= _as_responses(parameters)
        if probe.system:
            body["instructions"] = probe.system
    body |= api.body
    return {name: value for name, value in body.items() if value is not None}


def _as_responses(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters as Responses names them."""
    named = {name: value for name, value in parameters.items() if name not in ("logprobs",)}
    if (chat_format := named.pop("response_format", None)) is not None:
        named["text"] = {"format": {"type": "json_schema", **chat_format["json_schema"]}}
    if "logprobs" in parameters:
        named["include"] = ["message.output_text.logprobs"]
    return named
