"""`culture-ray sweep`: every stage of a run that is not done yet."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from culture_ray.cli.commands.watching import status_table
from culture_ray.cli.console import Screen, quiet_screen
from culture_ray.config.compose import compose_and_run
from culture_ray.config.launchers import Content
from culture_ray.config.run_settings import settings_from
from culture_ray.engines.factory import make_engine
from culture_ray.errors import ExitCode, NotConfirmed
from culture_ray.plan.engines import models_and_judges
from culture_ray.run.status import StageStatus, done_requests, stage_statuses
from culture_ray.settings.stages import Stage
from culture_ray.stages.context import RunContext
from culture_ray.stages.embedded_model import prepare_embedded_models
from culture_ray.stages.sweep import SweepResult, sweep
from culture_ray.store.run_directory import RunDirectory
from culture_ray.submission.submitted_command import command_of_sweep
from culture_ray.sweep.progress.display import format_duration
from culture_ray.sweep.progress.progress import Progress


def act(overrides: list[str]) -> int:
    """Run a sweep; return 0, or 3 if a model could not finish or has no usable response."""

    def run(content: Content, experiment: str) -> int:
        command = command_of_sweep(overrides)
        return _sweep(RunContext(settings_from(content, experiment, command)))

    return compose_and_run("culture-ray sweep", overrides, run)


def _sweep(context: RunContext) -> int:
    settings = context.settings
    started = time.monotonic()
    context.check()
    asks = context.asks_models
    statuses = stage_statuses(settings.run, list(settings.judges)) if asks else []
    if asks:
        _confirm_cost(context, statuses, Screen())
    log = settings.run.logs / "driver.log"
    live = settings.run.folder / "live"
    cap = settings.spending.cap_dollars
    models = models_and_judges(settings.models, settings.judges)
    with quiet_screen(log) as screen, Progress(screen, live, cap) as progress:
        progress.say(f"run {settings.run.name} in {settings.run.folder}")
        for status in statuses if settings.retry is None else ():
            progress.add_earlier_failures(
                status.stage, status.model, status.failures, status.unparsable
            )
        loads = asks and not context.answered(Path.exists)
        prepare_embedded_models(models.values(), progress, loads=loads)
        result = sweep(context, make_engine, progress)
    with quiet_screen(log) as screen:
        _print(settings.run, result, screen, time.monotonic() - started)
    return ExitCode.DONE if result.complete else ExitCode.INCOMPLETE


def _confirm_cost(context: RunContext, statuses: list[StageStatus], screen: Screen) -> None:
    """Print the cost of what is left; raises NotConfirmed if the user is asked and declines."""
    cost = context.quote(done_requests(statuses, retried=context.retried))
    for sentence in cost.sentences():
        screen.write_line(sentence)
    if not (context.settings.spending.confirm and cost.most):
        return
    if not sys.stdin.isatty():
        raise NotConfirmed(
            "spending.confirm=true asks on a terminal, and there is none: leave it out"
        )
    if screen.input("spend it? [y/N] ").strip().lower() not in {"y", "yes"}:
        raise NotConfirmed("nothing was sent and nothing was spent")


def _print(run: RunDirectory, result: SweepResult, screen: Screen, seconds: float) -> None:
    if result.content is not None:
        from culture_ray.report.screen.summary import summary  # imports pandas, as its report did

        places = {"report": "report.html", "figures": "figures"}
        if result.content.has_study:
            places |= {"tables": "cells.csv", "responses": "responses", "labels": "labels"}
        if result.content.benchmarks is not None:
            places |= {"benchmarks": "benchmarks.csv", "answers": "benchmarks"}
        paths = {name: run.folder / path for name, path in places.items()}
        screen.print(summary(result.content, paths))
    elif Stage.REPORT in result.unchanged:
        screen.write_line(f"report: {run.folder / 'report.html'}")
    for model, reason in result.failed_models.items():
        screen.write_line(f"not finished: {model}: {reason}")
    if result.complete:
        screen.print(f"done in {format_duration(seconds)}", highlight=False)
        return
    screen.print(status_table(result.statuses))
    for status in result.unusable:
        screen.write_line(f"no usable response: {status.stage} {status.model}: {status.summary}")
    names = dict.fromkeys([*result.failed_models, *(s.model for s in result.unusable)])
    screen.write_line(
        f"not complete after {format_duration(seconds)}: {', '.join(names)} "
        f"(exit code {ExitCode.INCOMPLETE})"
    )
