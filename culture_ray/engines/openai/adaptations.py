"""Adaptations of request bodies to what a server accepts; pure.

Servers differ in the optional parameters they know. One that an error names is left out, or sent
under its other name, in all further requests to the model. What the user has put into `api.body` is
never changed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from culture_ray.engines.openai.problems import Problem
from culture_ray.engines.openai.system_role import (
    refuses_system_role,
    system_part,
    without_system_role,
)

_OPTIONAL = (
    "top_p", "temperature", "seed", "stop", "top_logprobs", "logprobs", "include", "store",
    "service_tier",
)  # fmt: skip
"""Parameters that may be left out, in the order in which they are looked for in an error."""

_LIMITS = {"max_completion_tokens": "max_tokens", "max_tokens": "max_completion_tokens"}
"""The two names of the output limit in Chat Completions."""

_FORMAT_WORDS = re.compile(
    r"response_format|text\.format|json_schema|json_object|structured[ _-]output|json mode"
    r"|guided[ _](?:json|decoding)",
    re.IGNORECASE,
)
_REFUSING = re.compile(
    r"unsupported|not (?:\w+ )?(?:support|permit|allow|available|accept|implement|recogni|valid)"
    r"|unknown|unrecogni|unexpected|extra|cannot (?:both )?be|cannot find|does not|doesn.t"
    r"|only the default|unavailable|invalid|deprecated|incompatible|must be",
    re.IGNORECASE,
)
_STATUSES = frozenset({400, 404, 422, 500, 501})


@dataclass(frozen=True)
class Adaptation:
    """One change of all further requests to a model."""

    parameter: str
    how: Literal["left out", "renamed", "as a JSON object", "as the user's"]

    @property
    def about_probabilities(self) -> bool:
        """Return True if options can no longer be asked for with their probabilities."""
        return self.parameter in ("logprobs", "top_logprobs", "include")

    def applied(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return a body with the change; one without the parameter stays as it is."""
        changed = dict(body)
        if self.parameter not in changed:
            return changed
        if self.how == "as the user's":
            return without_system_role(changed)
        value = changed.pop(self.parameter)
        if self.how == "renamed":
            changed[_LIMITS[self.parameter]] = value
        elif self.how == "as a JSON object":
            plain = {"type": "json_object"}
            changed[self.parameter] = {"format": plain} if self.parameter == "text" else plain
        return changed

    def undoes(self, others: Collection[Adaptation]) -> bool:
        """Return True if it takes back one of the other changes: both names are refused."""
        return self.how == "renamed" and Adaptation(_LIMITS[self.parameter], "renamed") in others

    def sentence(self, reason: str) -> str:
        """Return the notice for the user, given the provider's refusal."""
        done = {
            "left out": f"{self.parameter} is left out",
            "renamed": f"{self.parameter} is sent as {_LIMITS.get(self.parameter)}",
            "as the user's": "the system text precedes the user's, in one message (as with "
            "api.system_role=false)",
            "as a JSON object": "answers are asked for as JSON without a schema",
        }[self.how]
        if self.parameter in ("temperature", "top_p"):
            done += ", so that responses are sampled with the provider's default"
        if self.parameter in ("response_format", "text") and self.how == "left out":
            done = "answers are asked for without structured output, by the prompt alone"
        return f"{done}: the provider refused it ({reason})"


def adaptation_for(
    problem: Problem, body: Mapping[str, Any], fixed: Collection[str] = ()
) -> Adaptation | None:
    """Return the change that a refusal of `body` asks for; None if it names nothing to change.

    Parameters in `fixed` are never changed.
    """
    if problem.kind != "status" or problem.status not in _STATUSES:
        return None
    if (role := system_part(body)) is not None and refuses_system_role(problem):
        return Adaptation(role, "as the user's")
    words = f"{problem.code} {problem.param} {problem.message}"
    named = (problem.param or "").split(".")[0].split("[")[0]
    if named not in body and not _REFUSING.search(words):
        return None
    for parameter in (*_LIMITS, *_OPTIONAL):
        if parameter in body and parameter not in fixed and _names(parameter, named, words):
            if parameter not in _LIMITS:
                return Adaptation(parameter, "left out")
            if _refuses_name(parameter, words):
                return Adaptation(parameter, "renamed")
    form = next((name for name in ("response_format", "text") if name in body), None)
    if form is None or form in fixed or not (named == form or _FORMAT_WORDS.search(words)):
        return None
    is_plain = "json_schema" not in str(body[form])
    return Adaptation(form, "left out" if is_plain else "as a JSON object")


def _names(parameter: str, named: str, words: str) -> bool:
    """Return True if an error is about a parameter: by its field, or in words of its own."""
    if named:
        return named == parameter
    if "_" in parameter or parameter in ("temperature", "logprobs"):
        return re.search(rf"\b{parameter}\b", words) is not None
    # An everyday word counts in quotation marks, or as the name of a parameter.
    quoted = rf"['\"`“‘]{parameter}['\"`”’]"
    called = rf"(?:parameters?|property|field|argument|name)[ :]+{parameter}\b"
    return re.search(f"{quoted}|{called}", words) is not None


def _refuses_name(parameter: str, words: str) -> bool:
    """Return True if the name of the output limit is refused, rather than its value."""
    other = _LIMITS[parameter]
    refused = r"unsupported|extra|unknown|unrecogni|unexpected|not (?:\w+ )?(?:support|permit)"
    return other in words or re.search(refused, words, re.IGNORECASE) is not None
