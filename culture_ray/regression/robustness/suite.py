"""Robustness checks: do the findings hang on prompts, on topics, on what they assume?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from culture_ray.measures.resampling.resample import Resampling
from culture_ray.regression.robustness.checks import Check, gathered
from culture_ray.regression.robustness.conditioning import conditioning
from culture_ray.regression.robustness.extrapolability import extrapolability
from culture_ray.regression.robustness.personas import personas
from culture_ray.regression.robustness.stability import stability
from culture_ray.regression.robustness.steerability import steerability
from culture_ray.regression.robustness.study import (
    UNKNOWN,
    Factor,
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
    """Return every check of a study: stability, extrapolability, steerability and conditioning.

    `resampling` is a joint draw of topics; `protocols` names those of the responses. Responses to
    different protocols are checked apart, except for stability over protocols; responses with a
    persona are steered on purpose, so they only take part in the check of that. A check that cannot
    be made is a row with its reason. The three assumptions are those questioned in "Randomness,
    Not Representation" (Khan et al. 2025).
    """
    steered = np.zeros(responses.model.size, dtype=np.bool_)
    if responses.persona is not None:
        steered = responses.persona != UNKNOWN
    whole = Study(responses.where(~steered), surveyed, resampling)
    parts = list(_by_protocol(whole, protocols)) or [("", whole)]
    found = []
    for name, study in parts:
        checks = [*stability(study, Factor.TEMPLATE), *stability(study, Factor.WORDING)]
        checks += [*extrapolability(study), *steerability(study), *conditioning(study)]
        suffix = f" (protocol {name})" if len(parts) > 1 else ""
        found += [replace(check, what=check.what + suffix) for check in checks]
    found += personas(Study(responses.where(steered), surveyed, resampling))
    return gathered([*found, *stability(whole, Factor.PROTOCOL)])


def _by_protocol(study: Study, protocols: tuple[str, ...]) -> Iterator[tuple[str, Study]]:
    codes = study.responses.protocol
    for code in np.unique(codes):
        name = "unknown" if code == UNKNOWN else protocols[code]
        part = study.responses.where(codes == code)
        yield name, Study(part, study.surveyed, study.resampling)
