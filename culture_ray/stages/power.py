"""Power of the study that a plan describes."""

from __future__ import annotations

from culture_ray.errors import UserError
from culture_ray.plan.power import planned_power
from culture_ray.simulation.power import Power
from culture_ray.stages.context import RunContext


def power_of_plan(context: RunContext) -> Power | None:
    """Return the smallest effects that the planned study would find with 80 % power.

    None for a study that a sweep would refuse, or that asks no interviews.
    """
    settings = context.settings
    if not settings.protocols:
        return None
    try:
        truth, judges = context.ground_truth, context.judge_errors.values()
    except UserError:  # which is among the refusals of the plan
        return None
    errors = [judge.flipped for judge in judges]
    return planned_power(settings, context.requests, truth, context.capability_scores, errors)
