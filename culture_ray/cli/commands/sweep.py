"""`culture-ray sweep`: all stages of a run, from wherever it stands."""

from __future__ import annotations

import shlex
import sys
import time
from collections import Counter

from rich.console import Console

from culture_ray.cli.console import Screen, quiet_screen
from culture_ray.config.compose import compose_and_run
from culture_ray.config.launchers import Content
from culture_ray.config.run_settings import settings_from
from culture_ray.engines.factory import make_engine
from culture_ray.errors import NotConfirmed
from culture_ray.report.screen.summary import summary
from culture_ray.run.status import StageStatus, stage_statuses
from culture_ray.stages.context import RunContext
from culture_ray.stages.embedded_model import prepare_embedded
from culture_ray.stages.sweep import SweepResult, sweep
from culture_ray.store.run_directory import RunDirectory
from culture_ray.sweep.progress.display import format_duration
from culture_ray.sweep.progress.progress import Progress

FAILURES_LISTED = 3


def act(overrides: list[str]) -> int:
    """Sweep; return 0, or 3 when some models could not finish."""

    def run(content: Content, experiment: str) -> int:
        command = shlex.join(["culture-ray", "sweep", *overrides])
        return _sweep(RunContext(settings_from(content, experiment, command)))

    return compose_and_run("culture-ray sweep", overrides, run)


def _sweep(context: RunContext) -> int:
    settings = context.settings
    started = time.monotonic()
    context.check()
    found = stage_statuses(settings.run, list(settings.judges)) if context.asks_models else []
    if context.asks_models:
        _quote(context, found, Screen())
    log = settings.run.logs / "driver.log"
    live = settings.run.folder / "live"
    cap = settings.spending.cap_dollars
    with quiet_screen(log) as console, Progress(console, live, cap) as progress:
        progress.say(f"run {settings.run.name} in {settings.run.folder}")
        progress.say(f"Ray and vLLM write to {settings.run.logs}/")
        for status in found:
            progress.add_earlier_failures(
                status.stage, status.model, status.failures, status.unparsable
            )
        prepare_embedded(context, progress.say)
        result = sweep(context, make_engine, progress)
    with quiet_screen(log) as console:
        _tell(settings.run, result, console, time.monotonic() - started)
    return FAILURES_LISTED if result.failed_models else 0


def _quote(context: RunContext, found: list[StageStatus], console: Console) -> None:
    """Print the cost of the run before anything is paid; raises NotConfirmed for a no."""
    done: Counter[tuple[str, str]] = Counter()
    for status in found:
        done[status.stage.split()[0], _named(status)] += status.done
    cost = context.quote(done)
    for sentence in cost.sentences():
        console.print(sentence, highlight=False, soft_wrap=True)
    if not (context.settings.spending.confirm and cost.most):
        return
    if not sys.stdin.isatty():
        raise NotConfirmed("spending.confirm=true asks on a terminal, and there is none: leave it")
    if console.input("spend it? [y/N] ").strip().lower() not in {"y", "yes"}:
        raise NotConfirmed("nothing was sent and nothing was spent")


def _named(status: StageStatus) -> str:
    """Return the model that elicit asks, or the judge of a stage of judging."""
    return status.stage.partition(" ")[2] or status.model


def _tell(run: RunDirectory, result: SweepResult, console: Console, seconds: float) -> None:
    if result.content is not None:
        paths = {
            "report": run.folder / "report.html",
            "figures": run.folder / "figures",
            "tables": run.folder / "cells.csv",
            "responses": run.folder / "responses",
            "labels": run.folder / "labels",
        }
        console.print(summary(result.content, paths))
    for name, why in result.failed_models.items():
        console.print(f"not finished: {name}: {why}", highlight=False, soft_wrap=True)
    console.print(f"done in {format_duration(seconds)}", highlight=False)
