"""Notices of a plan on models that think, and on those that their providers shut down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from culture_ray.engines.architecture import local_file
from culture_ray.engines.model import Model
from culture_ray.engines.thoughts.marks import HARMONY, KNOWN_MARKS
from culture_ray.settings.judging import Judge

_TEMPLATES = ("chat_template.jinja", "chat_template.json", "tokenizer_config.json")

_WARNED_BEFORE = timedelta(days=60)
"""Time before the day from which a notice says that a model ends."""


def thinking_notices(models: Mapping[str, Model], judges: Mapping[str, Judge]) -> list[str]:
    """Return the notices on thoughts without a budget, and on judges without a schema for them."""
    described = {**models, **{f"judge {name}": judge.model for name, judge in judges.items()}}
    unplanned = [name for name, model in described.items() if _may_think_unplanned(model)]
    notes = []
    if unplanned:
        notes.append(
            f"the chat template has marks of thoughts, and thinking_tokens is 0, so that thoughts "
            f"use up the limit of the response: {', '.join(unplanned)}; set thinking_tokens, or "
            f"turn thinking off (chat_template_args: {{enable_thinking: false}} for many models)"
        )
    unconstrained = [
        name
        for name, judge in judges.items()
        if judge.answers == "json"
        and judge.model.engine == "vllm"
        and judge.model.thinks
        and judge.model.reasoning_parser is None
    ]
    if unconstrained:
        notes.append(
            f"asked for JSON by the prompt alone, since they think and have no reasoning_parser: "
            f"judge {', '.join(unconstrained)}"
        )
    return notes


def shut_down_notices(
    models: Mapping[str, Model], judges: Mapping[str, Judge], today: date
) -> Iterator[str]:
    """Yield one notice for each model and judge that has ended, or ends within sixty days."""
    described = {f"model.{name}": model for name, model in models.items()}
    described |= {f"judge.{name}.model": judge.model for name, judge in judges.items()}
    for where, model in described.items():
        ends = model.card.shut_down if model.is_api else None
        if ends is None or today < ends - _WARNED_BEFORE:
            continue
        page = f" (see {model.card.page})" if model.card.page else ""
        if ends <= today:
            yield (
                f"{where}: {model.source} was shut down on {ends}{page}: its requests fail, or "
                f"another model answers them; choose another, or set {where}.card.shut_down=null "
                f"for a server that still has it"
            )
        else:
            yield f"{where}: {model.source} will be shut down on {ends}{page}: finish before then"


def _may_think_unplanned(model: Model) -> bool:
    """Return True if a local model's own template has marks of thoughts that nothing plans for."""
    settled = model.thinks or model.chat_template or model.chat_template_args or not model.chat
    if settled or model.engine != "vllm":
        return False
    starts = [HARMONY, *(pair.start for pair in KNOWN_MARKS if not pair.plain)]
    texts = [
        path.read_text(encoding="utf-8", errors="replace")
        for name in _TEMPLATES
        if (path := local_file(model, name)) is not None and path.is_file()
    ]
    return any(start in text for start in starts for text in texts)
