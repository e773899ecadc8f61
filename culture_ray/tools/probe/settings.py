"""Settings that the outcomes of a probe suggest for a model's YAML file; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from culture_ray.engines.model import Model
from culture_ray.prompts.language_file import with_added, with_replaced
from culture_ray.prompts.text_entries import Path
from culture_ray.tools.probe.findings import Outcomes, ProbeFinding, limits_in

Suggestions = Mapping[Path, Any]
"""Values by their place in a model's file."""

_LEFT_OUT = {
    "temperature": "temperature", "top_p": "top_p", "seed": "seed", "stop": "stop",
    "structured output": "response_format",
}  # fmt: skip
"""Parameter by the finding that tells whether the server takes it."""

_LIMITS = {"requests": "requests_per_minute", "tokens": "tokens_per_minute"}


def suggested(
    model: Model, outcomes: Outcomes, findings: list[ProbeFinding], now: float
) -> dict[Path, Any]:
    """Return the settings that differ from the model's own.

    A refused parameter is removed from every body with `api.body: {name: null}`. Limits are those
    of the headers, where the file states none.
    """
    verdicts = {finding.what: finding.verdict for finding in findings}
    chat = model.api.form == "chat"
    found: dict[Path, Any] = {}
    limit = outcomes["output limit"]
    if chat and limit.answered and limit.limit_name != model.api.output_limit:
        found["api", "output_limit"] = limit.limit_name
    if verdicts.get("log probabilities") == "no" and model.api.logprobs:
        found["api", "logprobs"] = False
    if chat and verdicts.get("system message") == "no" and model.api.system_role:
        found["api", "system_role"] = False
    for what, parameter in _LEFT_OUT.items():
        if verdicts.get(what) == "no" and parameter not in model.api.body:
            name = "text" if parameter == "response_format" and not chat else parameter
            found["api", "body", name] = None
    both = verdicts.get("temperature and top_p") == "no"
    if both and verdicts.get("temperature") == verdicts.get("top_p") == "yes":
        found["api", "body", "top_p"] = None
    if model.limits is None:
        for kind, number in limits_in(outcomes, now).items():
            found["limits", _LIMITS[kind]] = int(number) if number == int(number) else number
    return found


def with_settings(text: str, settings: Suggestions, where: str) -> str:
    """Return the text of a model's file with settings added or replaced; the rest is unchanged.

    `where` names the file in messages. Raises BadPrompts if the file cannot be edited.
    """
    existing = {path for path in settings if _has(text, path)}
    replaced = {path: value for path, value in settings.items() if path in existing}
    added = {path: value for path, value in settings.items() if path not in existing}
    text = with_replaced(text, replaced, where) if replaced else text
    return with_added(text, added, where) if added else text


def _has(text: str, path: Path) -> bool:
    import yaml

    place: Any = yaml.safe_load(text)
    for name in path:
        if not isinstance(place, Mapping) or name not in place:
            return False
        place = place[name]
    return True
