"""A sweep: run the stages of a run that are not done yet, in order."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from culture_ray.engines.interface import Engine
from culture_ray.engines.openai.answer_cache import forget_answers
from culture_ray.engines.openai.batch.asked_again import ask_again
from culture_ray.errors import Drained
from culture_ray.plan.engines import models_and_judges
from culture_ray.report.content import ReportContent
from culture_ray.report.formatting import listed
from culture_ray.run.commits import record_commits
from culture_ray.run.status import StageStatus, stage_statuses
from culture_ray.settings.stages import Stage
from culture_ray.stages.context import RunContext
from culture_ray.stages.generate import generate
from culture_ray.stages.records import StageRecords
from culture_ray.stages.retry import put_back, reopen_failed
from culture_ray.store.provenance import amend
from culture_ray.store.run_directory import OpenedRun, RunDirectory
from culture_ray.store.shards import Damage
from culture_ray.sweep.progress.progress import Progress
from culture_ray.sweep.progress.snapshot_files import snapshots_in

_NAMED = 3
"""Changes that a line names, of those for which a stage is done again."""


@dataclass(frozen=True)
class SweepResult:
    """Result of a sweep: models that failed, damaged shards, and the report."""

    failed_models: Mapping[str, str] = field(default_factory=dict)
    """Reason for each model that could not finish."""
    set_aside: tuple[Damage, ...] = ()
    content: ReportContent | None = None
    """Content of the report, if it was written."""
    statuses: tuple[StageStatus, ...] = ()
    """Requests done and failed by stage and model; empty if no stage asks models."""
    unchanged: tuple[Stage, ...] = ()
    """Stages that were not done again, as nothing that they read has changed."""

    @property
    def unusable(self) -> list[StageStatus]:
        """Return the stages of models with requests done, of which every one failed."""
        return [status for status in self.statuses if status.unusable]

    @property
    def complete(self) -> bool:
        """Return True if every model has finished, with some usable response."""
        return not (self.failed_models or self.unusable)


def sweep(
    context: RunContext, make_engine: Callable[..., Engine], progress: Progress
) -> SweepResult:
    """Run the stages of the settings that are not done yet, or whose inputs have changed since.

    All inputs are checked before the first model is loaded; raises UserError for a faulty one.
    """
    context.check()
    settings = context.settings
    opened = context.open()
    if settings.retry is not None:
        opened = _reopened(context, opened, progress)
    _record_disclosures(context, progress)
    for damage in opened.set_aside:
        progress.say(f"set aside: {damage.path.name} {damage.what}; it will be made again")
    without_models = [s for s in Stage if s in settings.stages and not s.asks_models]
    for stage in without_models:
        progress.announce(stage)
    failed_models: Mapping[str, str] = {}
    if context.asks_models:
        before = _committed(settings.run)
        try:
            failed_models = generate(context, opened, make_engine, progress)
        except Drained as error:
            raise Drained(f"{error}. Resume with: {settings.command}") from None
        finally:
            if _committed(settings.run) != before:  # else this session has loaded no model to use
                record_commits(settings.run, models_and_judges(settings.models, settings.judges))
            if len(snapshots_in(settings.run.folder / "live", time.time())) <= 1:
                put_back(settings.run)  # not while another driver asks for them
    content, unchanged = None, []
    records = StageRecords(context)
    for stage in without_models:
        progress.begin_local_stage(stage)
        changed = None if settings.redo else records.changed(stage, failed_models)
        if changed == ():
            unchanged.append(stage)
            continue
        if changed:
            progress.say(f"{stage} again, because of changes in {listed(changed, _NAMED)}")
        content = _do(stage, context, failed_models, records)
    progress.end_local_stage()
    if unchanged:
        again = "redo=true does them again"
        progress.say(f"nothing has changed since the last {', '.join(unchanged)}: {again}")
    statuses = stage_statuses(settings.run, list(settings.judges)) if context.asks_models else []
    return SweepResult(failed_models, opened.set_aside, content, tuple(statuses), tuple(unchanged))


def _do(
    stage: Stage, context: RunContext, failed_models: Mapping[str, str], records: StageRecords
) -> ReportContent | None:
    """Do a stage without models and record it; return the content of the report, if that is it.

    Each imports statistics or drawing, for seconds: a sweep with nothing to do never needs them.
    """
    if stage == Stage.REPORT:
        from culture_ray.stages.report.report import report

        return report(context, failed_models)
    with records.recorded(stage):
        if stage == Stage.MEASURE:
            from culture_ray.stages.analyse import measure_and_score

            measure_and_score(context)
        else:
            from culture_ray.stages.regress.regress import regress

            regress(context)
    return None


def _record_disclosures(context: RunContext, progress: Progress) -> None:
    """Say, and write to the provenance, what prompts tell of respondents to which model."""
    told = context.personas.disclosures if context.asks_models else {}
    for sentence in told.values():
        progress.say(sentence)
    if told:
        amend(context.settings.run, {"told_of_respondents": dict(told)})


def _committed(run: RunDirectory) -> int:
    """Return the number of shards that models have made."""
    return sum(len(run.shards(kind)) for kind in ("responses", "labels", "benchmarks"))


def _reopened(context: RunContext, opened: OpenedRun, progress: Progress) -> OpenedRun:
    """Return the run with the shards that hold failed requests opened again."""
    settings = context.settings
    reopened = reopen_failed(settings.run, opened.done, settings.stages)
    for name, ids in reopened.request_ids.items():
        answers = settings.run.folder / "spending" / "answers" / context.engines.get(name, name)
        forget_answers(answers, ids)
        ask_again(answers / "batches", ids, time.time())
    progress.say(f"retry=failed: {reopened.requests:,} failed requests are asked again")
    return replace(opened, done=opened.done - reopened.paths)
