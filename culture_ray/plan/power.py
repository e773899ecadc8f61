"""Power of a plan: the smallest effects that the study would find, before it is paid for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pyarrow as pa

from culture_ray.engines.model import Model
from culture_ray.plan.requests import RequestPlan
from culture_ray.prompts.protocols import find_protocol
from culture_ray.run.capability import capability_of
from culture_ray.settings.inference import InferenceSettings
from culture_ray.settings.run import Settings
from culture_ray.simulation.power import (
    FamilySpread,
    Power,
    StudyDesign,
    family_spread,
    power_of,
)
from culture_ray.survey.ground_truth import GroundTruth

UNMEASURED_JUDGE_ERROR = 0.03
"""Error that is assumed of a judge that was not checked: roughly that of the published judge, whose
reliability is .955."""


def planned_power(
    settings: Settings,
    requests: RequestPlan,
    truth: GroundTruth,
    scores: pa.Table,
    judge_errors: Sequence[float],
) -> Power | None:
    """Return the smallest effects found with 80 % power, as planned and with more of each part.

    `scores` are benchmark scores (CAPABILITY columns), `judge_errors` the shares of opinions that
    the judge reads as the opposite, NaN where that was not measured. None without a protocol, for
    languages whose speakers have no figures, or for a main protocol that offers options, whose
    answers the simulated studies do not have.
    """
    main = next(iter(settings.protocol_order), None)
    topics = _topics(settings.languages, truth)
    if main is None or find_protocol(main).offers_options or not topics:
        return None
    design = StudyDesign(
        families=_families(settings.models, settings.languages, scores, settings.inference),
        languages=len(settings.languages),
        topics=topics,
        responses=min(len(requests.designs[main, language]) for language in settings.languages),
        judge_error=_judge_error(judge_errors),
    )
    return power_of(design)


def _families(
    models: Mapping[str, Model],
    languages: Collection[str],
    scores: pa.Table,
    inference: InferenceSettings,
) -> tuple[FamilySpread, ...]:
    """Return the spread of each family; models declared as one count once."""
    repeated = {name for group in inference.same_model for name in group[1:]}
    members: dict[str, list[str]] = {}
    for name, model in models.items():
        if name not in repeated:
            members.setdefault(model.family, []).append(name)
    names = [(m, k) for own in members.values() for m in own for k in languages]
    known = dict(zip(names, capability_of(models, scores, names), strict=True))
    return tuple(
        family_spread(np.array([[known[m, k] for k in languages] for m in own]))
        for own in members.values()
    )


def _topics(languages: Mapping[str, object], truth: GroundTruth) -> int:
    """Return the fewest topics for which a language's speakers have figures."""
    speakers = [truth.speakers_of(language) for language in languages]
    counts = [
        int((~np.isnan(truth.value_polarity[truth.row(population.name)])).sum())
        for population in speakers
        if population is not None
    ]
    return min(counts, default=0)


def _judge_error(errors: Sequence[float]) -> float:
    known = [error for error in errors if not np.isnan(error)]
    return float(np.mean(known)) if known else UNMEASURED_JUDGE_ERROR
