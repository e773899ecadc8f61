"""A whole sweep: every stage that is asked for, in order, each from tables to tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from culture_ray.engines.interface import Engine
from culture_ray.errors import Drained
from culture_ray.plan.cost import billing_of, check_keys
from culture_ray.plan.plan import with_gpus_chosen
from culture_ray.plan.requests import RequestPlan, request_plan
from culture_ray.report.content import ReportContent
from culture_ray.run.ground_truth import ground_truth_of
from culture_ray.run.open import check_run, open_settings
from culture_ray.settings.run import Settings
from culture_ray.stages.generate import engine_names, generate
from culture_ray.stages.judge.error import judge_errors
from culture_ray.stages.measure.measure import measure
from culture_ray.stages.regress.regress import regress
from culture_ray.stages.report.report import report
from culture_ray.store.shards import Damage
from culture_ray.survey.capability import read_capability
from culture_ray.sweep.progress.progress import Progress


@dataclass(frozen=True)
class SweepResult:
    """How a sweep ended."""

    broken: Mapping[str, str] = field(default_factory=dict)
    """Why, for each model that could not finish."""
    set_aside: tuple[Damage, ...] = ()
    content: ReportContent | None = None
    """What the report shows, when it was made."""


_WITHOUT_MODELS = ("measure", "regress", "report")


def check(settings: Settings) -> RequestPlan:
    """Return what is asked; raises UserError for what is wrong before anything is written."""
    plan = request_plan(settings)
    ground_truth_of(settings)
    read_capability(settings.capability_table)
    if {"elicit", "judge"} & set(settings.stages):
        with_gpus_chosen(settings, plan)
    check_run(settings)
    if {"elicit", "judge"} & set(settings.stages):
        billing_of(settings, engine_names(settings))
        check_keys(settings)
    judge_errors(settings)
    return plan


def sweep(
    settings: Settings, make_engine: Callable[..., Engine], progress: Progress
) -> SweepResult:
    """Run the stages of `settings` that are not done yet.

    Everything a user can get wrong is found out before the first model loads; raises UserError.
    """
    plan = check(settings)
    opened = open_settings(settings)
    for damage in opened.set_aside:
        progress.say(f"set aside: {damage.path.name} {damage.what}; it is made again")
    for name in _WITHOUT_MODELS:
        if name in settings.stages:
            progress.ahead(name)
    broken: Mapping[str, str] = {}
    if {"elicit", "judge"} & set(settings.stages):
        try:
            broken = generate(settings, plan, opened, make_engine, progress).broken
        except Drained as error:
            raise Drained(f"{error}. This goes on: {settings.command}") from None
    if "measure" in settings.stages:
        progress.working("measure")
        measure(settings)
    if "regress" in settings.stages:
        progress.working("regress")
        regress(settings)
    content = None
    if "report" in settings.stages:
        progress.working("report")
        content = report(settings, plan, broken)
    progress.worked()
    return SweepResult(broken, opened.set_aside, content)
