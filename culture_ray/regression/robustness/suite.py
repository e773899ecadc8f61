"""Suite of all robustness checks of a study."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from culture_ray.measures.resampling.resample import Resampling
from culture_ray.regression.robustness.checks import Check, merge_equal_failures
from culture_ray.regression.robustness.conditioning import conditioning
from culture_ray.regression.robustness.distance_effects import distance_effects
from culture_ray.regression.robustness.effects import effects
from culture_ray.regression.robustness.extrapolability import extrapolability
from culture_ray.regression.robustness.personas import personas
from culture_ray.regression.robustness.stability import stability
from culture_ray.regression.robustness.steerability import steerability
from culture_ray.regression.robustness.study import (
    UNKNOWN,
    Factor,
    PromptLevels,
    Responses,
    Study,
    SurveyedPopulations,
)


def robustness_checks(
    responses: Responses,
    surveyed: SurveyedPopulations,
    resampling: Resampling,
    protocols: tuple[str, ...],
) -> list[Check]:
    """Return every check of a study: stability, extrapolability, steerability and conditioning,
    and the effects of the factors in which its prompts are varied and of its protocols.

    `resampling` is a joint draw of topics; `protocols` are the names of the protocols, by index.
    Protocols are checked separately, except in the check of stability over protocols. Responses
    with a persona enter the persona checks only, as they are steered on purpose. A check that
    cannot be carried out is a row with its reason. Stability, extrapolability and steerability are
    the assumptions questioned in "Randomness, Not Representation" (Khan et al. 2025).
    """
    steered = np.zeros(responses.model.size, dtype=np.bool_)
    if responses.persona is not None:
        steered = responses.persona != UNKNOWN
    whole = Study(responses.where(~steered), surveyed, resampling)
    parts = list(_by_protocol(whole, protocols)) or [("", whole)]
    results, differences = [], []
    for name, study in parts:
        checks = [*stability(study, Factor.TEMPLATE), *stability(study, Factor.WORDING)]
        checks += [*extrapolability(study), *steerability(study), *conditioning(study)]
        suffix = f" (protocol {name})" if len(parts) > 1 else ""
        results += [replace(check, what=check.what + suffix) for check in checks]
        found = [
            check
            for factor in study.responses.varied
            for check in (*effects(study, factor), *distance_effects(study, factor))
        ]
        differences += [replace(check, what=check.what + suffix) for check in found]
    results += personas(Study(responses.where(steered), surveyed, resampling))
    results += stability(whole, Factor.PROTOCOL)
    ways = PromptLevels("protocol", protocols, whole.responses.protocol)
    differences += [*effects(whole, ways), *distance_effects(whole, ways)]
    return merge_equal_failures([*results, *differences])


def _by_protocol(study: Study, protocols: tuple[str, ...]) -> Iterator[tuple[str, Study]]:
    codes = study.responses.protocol
    for code in np.unique(codes):
        name = "unknown" if code == UNKNOWN else protocols[code]
        part = study.responses.where(codes == code)
        yield name, Study(part, study.surveyed, study.resampling)
