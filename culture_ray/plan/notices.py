"""Notices of a plan: warnings about keys, tokenizers, data types and texts; none stops a run."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import date

from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.model import NOT_IN_FLOAT16
from culture_ray.judging.language_id import undetectable
from culture_ray.measures.result import FEWEST_TOPICS
from culture_ray.plan.model_notices import (
    quantised_notices,
    seed_notices,
    shut_down_notices,
    thinking_notices,
)
from culture_ray.plan.requests import RequestPlan, samples_of
from culture_ray.plan.stage_units import requests_per_unit, shard_count
from culture_ray.plan.workload import Part
from culture_ray.prompts.protocols import find_protocol
from culture_ray.prompts.shared_ids import LeftOut
from culture_ray.settings.run import Settings
from culture_ray.sweep.plan.roofline import Gpu

_OPENAI = ApiSettings()
"""Settings of an API whose model's file states none."""

_MANY_FILES = 20_000
"""Files of a run above which a plan names their number, as quotas of inodes begin there."""
_NAMED = 3
"""Topics or protocols that a notice names, of those that lack the same texts."""


def notices_of(
    settings: Settings, plan: RequestPlan, parts: Sequence[Part], today: date
) -> list[str]:
    """Return the notices of a plan."""
    notes = []
    if missing := _missing_keys(parts):
        notes.append(f"needed to run and not set in the environment: {', '.join(missing)}")
    notes += shut_down_notices(settings.models, settings.judges, today)
    guessed = [part.name for part in parts if not part.exact and not part.model.is_api]
    if guessed:
        notes.append(
            f"prompt tokens estimated from characters, as the tokenizer is not on this machine: "
            f"{', '.join(dict.fromkeys(guessed))}"
        )
    for name, model in settings.models.items():
        if model.family_guessed_from is not None:
            notes.append(
                f"{name} counts as of the family {model.family}, guessed from "
                f"{model.family_guessed_from}: model.{name}.family=NAME sets another"
            )
    notes += _without_bfloat16(settings.cluster.gpu, parts)
    repeated = [
        protocol
        for protocol in settings.protocol_order
        if find_protocol(protocol).answers == "probability"
        and samples_of(protocol, settings.protocols[protocol], settings.design) > 1
    ]
    if repeated and any(not model.is_api for model in settings.models.values()):
        notes.append(
            f"{', '.join(repeated)}: option probabilities are the same in every sample, so "
            f"samples=1 is enough for models that run here"
        )
    notes += thinking_notices(settings.models, settings.judges)
    sampled = [protocol.sampling for protocol in settings.protocols.values()]
    notes += seed_notices(settings.models, sampled)
    notes += quantised_notices(settings.models, settings.judges)
    unreviewed = [code for code, language in settings.languages.items() if language.unreviewed]
    if unreviewed:
        notes.append(f"prompts not yet confirmed by a person: {', '.join(unreviewed)}")
    if unchecked := undetectable(settings.languages):
        notes.append(
            f"the language detector does not know {', '.join(unchecked)}: responses to prompts in "
            f"these languages are not checked for their language"
        )
    if 0 < len(settings.topics) < FEWEST_TOPICS:
        notes.append(
            f"{len(settings.topics)} topic{'s' * (len(settings.topics) > 1)}: with fewer than "
            f"{FEWEST_TOPICS}, alignment has no interval, and models are not compared"
        )
    if plan.left_out:
        notes.append(f"not asked, because some language lacks it: {left_out_words(plan.left_out)}")
    files = shard_count(settings, plan)
    if files > _MANY_FILES:
        size = requests_per_unit(plan, len(settings.models), settings.cluster)
        notes.append(
            f"{files:,} files in {settings.run.folder}, each with the answers to {size} requests: "
            f"where the number of files is limited, set a larger cluster.unit_size, which is "
            f"decided when a run is made"
        )
    return notes


def left_out_words(left_out: Sequence[LeftOut]) -> str:
    """Return the ids that are not asked, the same ones of several topics together."""
    groups: dict[tuple[str, tuple[str, ...], str], list[str]] = {}
    for one in left_out:
        of = groups.setdefault((one.what, one.ids, one.language), [])
        if one.of not in of:
            of.append(one.of)
    return "; ".join(
        f"{what}{'s' * (len(ids) > 1)} {', '.join(ids)} of {_first(of)} in {language}"
        for (what, ids, language), of in groups.items()
    )


def _first(names: Sequence[str]) -> str:
    """Return the first few names, and the number of the others."""
    if len(names) <= _NAMED + 1:
        return ", ".join(names)
    return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"


def _missing_keys(parts: Sequence[Part]) -> list[str]:
    """Return the variables of keys that are not set, and the servers that are not OpenAI's."""
    servers: dict[str, set[str]] = {}
    for part in (part for part in parts if part.model.is_api):
        api = part.model.api
        for variable in (name for name in api.key_variables if not os.environ.get(name)):
            servers.setdefault(variable, set())
            if variable == _OPENAI.key_variable and api.base_url != _OPENAI.base_url:
                servers[variable].add(part.name)
    return [
        f"{variable} (sent to the server of {', '.join(sorted(names))} too: "
        f"api.key_variable=null if it takes no key)"
        if names
        else variable
        for variable, names in sorted(servers.items())
    ]


def _without_bfloat16(gpu: Gpu, parts: Sequence[Part]) -> Iterator[str]:
    """Yield advice for the models that a GPU without bfloat16 cannot load as they are set."""
    names: dict[str, list[str]] = {}
    for part in parts:
        model = part.model
        if model.gpus_per_replica and model.dtype == "bfloat16" and not gpu.bfloat16:
            other = "float32" if model.model_type in NOT_IN_FLOAT16 else "float16"
            names.setdefault(other, []).append(part.name)
    for other, chosen in names.items():
        advice = f"{gpu.name} has no bfloat16: set dtype={other} for {', '.join(chosen)}"
        reason = ", which overflow float16 and need twice the memory in float32"
        yield advice + (reason if other == "float32" else "")
