"""Notices of a plan on models: thoughts, seeds, quantisation, and the day that they end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from culture_ray.engines.architecture import local_file
from culture_ray.engines.interface import Sampling
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


def seed_notices(models: Mapping[str, Model], sampling: Iterable[Sampling]) -> Iterator[str]:
    """Yield a notice on the price of seeds, or of none, for models that sample on GPUs."""
    if all(each.top_p >= 1 or each.temperature == 0 for each in sampling):
        return  # nothing is cut off, so that vLLM samples in the same way with and without seeds
    here = {name: model for name, model in models.items() if _is_on_gpus(model)}
    seeded = [name for name, model in here.items() if model.request_seeds]
    if seeded:
        yield (
            f"requests have seeds, so that vLLM samples without FlashInfer: {', '.join(seeded)}; "
            f"model.NAME.request_seeds=false is faster, most of all for small models, and its "
            f"responses cannot be repeated exactly"
        )
    if unseeded := [name for name in here if name not in seeded]:
        yield (
            f"requests have no seeds (request_seeds=false), so that their responses cannot be "
            f"repeated exactly: {', '.join(unseeded)}"
        )


def quantised_notices(models: Mapping[str, Model], judges: Mapping[str, Judge]) -> Iterator[str]:
    """Yield notices on models that vLLM quantises as it loads them, to FP8 for example."""
    if named := [name for name, model in models.items() if _quantisation(model)]:
        yield (
            f"quantised as they are loaded, so that their responses are not quite those of the "
            f"published weights: {', '.join(named)}"
        )
    for name, judge in judges.items():
        if kind := _quantisation(judge.model):
            yield (
                f"judge {name} is quantised to {kind} as it is loaded: culture-ray judge-check "
                f"measures what that does to its labels"
            )


def _quantisation(model: Model) -> str | None:
    kind = model.engine_args.get("quantization")
    return None if kind is None or model.engine != "vllm" else str(kind)


def _is_on_gpus(model: Model) -> bool:
    return model.engine == "vllm" and model.gpus_per_replica > 0


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
