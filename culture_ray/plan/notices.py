"""Notices of a plan: warnings about keys, tokenizers, data types and texts; none stops a run."""

from __future__ import annotations

import os
from collections.abc import Sequence

from culture_ray.judging.language_id import undetectable
from culture_ray.plan.requests import RequestPlan, samples_of
from culture_ray.plan.thinking_notices import thinking_notices
from culture_ray.plan.workload import Part
from culture_ray.prompts.protocols import find_protocol
from culture_ray.settings.run import Settings


def notices_of(settings: Settings, plan: RequestPlan, parts: Sequence[Part]) -> list[str]:
    """Return the notices of a plan."""
    notes = []
    variables = {part.model.api.key_variable for part in parts if part.model.is_api}
    missing = sorted(name for name in variables if name and not os.environ.get(name))
    if missing:
        notes.append(f"needed to run and not set in the environment: {', '.join(missing)}")
    guessed = [part.name for part in parts if not part.exact and not part.model.is_api]
    if guessed:
        notes.append(
            f"prompt tokens estimated from characters, as the tokenizer is not on this machine: "
            f"{', '.join(dict.fromkeys(guessed))}"
        )
    without_bfloat16 = [
        part.name
        for part in parts
        if part.model.gpus_per_replica
        and part.model.dtype == "bfloat16"
        and not settings.cluster.gpu.bfloat16
    ]
    if without_bfloat16:
        names = ", ".join(without_bfloat16)
        notes.append(f"{settings.cluster.gpu.name} has no bfloat16: set dtype=float16 for {names}")
    repeated = [
        protocol
        for protocol in settings.protocol_order
        if find_protocol(protocol).offers_options
        and samples_of(protocol, settings.protocols[protocol], settings.design) > 1
    ]
    if repeated and any(not model.is_api for model in settings.models.values()):
        notes.append(
            f"{', '.join(repeated)}: option probabilities are the same in every sample, so "
            f"samples=1 is enough for models that run here"
        )
    notes += thinking_notices(settings.models, settings.judges)
    unreviewed = [code for code, language in settings.languages.items() if language.unreviewed]
    if unreviewed:
        notes.append(f"prompts not yet confirmed by a person: {', '.join(unreviewed)}")
    if unchecked := undetectable(settings.languages):
        notes.append(
            f"the language detector does not know {', '.join(unchecked)}: responses to prompts in "
            f"these languages are not checked for their language"
        )
    if plan.left_out:
        notes.append(f"not asked, because some language lacks it: {', '.join(plan.left_out)}")
    return notes
