"""A sweep: run the stages of a run that are not done yet, in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from culture_ray.engines.interface import Engine
from culture_ray.errors import Drained
from culture_ray.report.content import ReportContent
from culture_ray.settings.stages import Stage
from culture_ray.stages.context import RunContext
from culture_ray.stages.generate import generate
from culture_ray.stages.measure.measure import measure
from culture_ray.stages.regress.regress import regress
from culture_ray.stages.report.report import report
from culture_ray.store.shards import Damage
from culture_ray.sweep.progress.progress import Progress


@dataclass(frozen=True)
class SweepResult:
    """Result of a sweep: models that failed, damaged shards, and the report."""

    failed_models: Mapping[str, str] = field(default_factory=dict)
    """Reason for each model that could not finish."""
    set_aside: tuple[Damage, ...] = ()
    content: ReportContent | None = None
    """Content of the report, if it was written."""


def sweep(
    context: RunContext, make_engine: Callable[..., Engine], progress: Progress
) -> SweepResult:
    """Run the stages of the settings that are not done yet.

    All inputs are checked before the first model is loaded; raises UserError for a faulty one.
    """
    context.check()
    settings = context.settings
    opened = context.open()
    for damage in opened.set_aside:
        progress.say(f"set aside: {damage.path.name} {damage.what}; it will be made again")
    without_models = [s for s in Stage if s in settings.stages and not s.asks_models]
    for stage in without_models:
        progress.announce(stage)
    failed_models: Mapping[str, str] = {}
    if context.asks_models:
        try:
            failed_models = generate(context, opened, make_engine, progress)
        except Drained as error:
            raise Drained(f"{error}. Resume with: {settings.command}") from None
    content = None
    for stage in without_models:
        progress.begin_local_stage(stage)
        match stage:
            case Stage.MEASURE:
                measure(context)
            case Stage.REGRESS:
                regress(context)
            case Stage.REPORT:
                content = report(context, failed_models)
    progress.end_local_stage()
    return SweepResult(failed_models, opened.set_aside, content)
