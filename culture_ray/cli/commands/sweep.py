"""`culture-ray sweep`: all stages of a run, from wherever it stands."""

from __future__ import annotations

import shlex
import sys
import time
from collections import Counter

from rich.console import Console

from culture_ray.cli.console import Screen, quiet_screen
from culture_ray.config.compose import with_composed
from culture_ray.config.launchers import Content
from culture_ray.config.run_settings import settings_from
from culture_ray.engines.factory import make_engine
from culture_ray.engines.vllm import embedded
from culture_ray.errors import NotConfirmed
from culture_ray.plan.cost import quote
from culture_ray.report.screen.summary import summary
from culture_ray.run.status import StageStatus, stage_statuses
from culture_ray.settings.run import Settings
from culture_ray.stages.sweep import SweepResult, check, sweep
from culture_ray.sweep.progress.progress import Progress, clock

FAILURES_LISTED = 3


def act(overrides: list[str]) -> int:
    """Sweep; return 0, or 3 when some models could not finish."""

    def run(content: Content, experiment: str) -> int:
        command = shlex.join(["culture-ray", "sweep", *overrides])
        return _sweep(settings_from(content, experiment, command))

    return with_composed("culture-ray sweep", overrides, run)


def _sweep(settings: Settings) -> int:
    started = time.monotonic()
    check(settings)
    found = stage_statuses(settings.run, list(settings.judges)) if _asks(settings) else []
    _quote(settings, found, Screen())
    log = settings.run.logs / "driver.log"
    live = settings.run.folder / "live"
    cap = settings.spending.cap_dollars
    with quiet_screen(log) as console, Progress(console, live, cap) as progress:
        progress.say(f"run {settings.run.name} in {settings.run.folder}")
        progress.say(f"Ray and vLLM write to {settings.run.logs}/")
        for stand in found:
            progress.found(stand.stage, stand.model, stand.failures, stand.unparsable)
        _prepare(settings, progress)
        swept = sweep(settings, make_engine, progress)
    with quiet_screen(log) as console:
        _tell(settings, swept, console, time.monotonic() - started)
    return FAILURES_LISTED if swept.broken else 0


def _asks(settings: Settings) -> bool:
    return bool({"elicit", "judge"} & set(settings.stages))


def _quote(settings: Settings, found: list[StageStatus], console: Console) -> None:
    """Say what the run will cost before anything is paid; raises NotConfirmed for a no."""
    if not _asks(settings):
        return
    done: Counter[tuple[str, str]] = Counter()
    for stand in found:
        done[stand.stage.split()[0], _named(stand)] += stand.done
    cost = quote(settings, done)
    for sentence in cost.sentences():
        console.print(sentence, highlight=False, soft_wrap=True)
    if not (settings.spending.confirm and cost.most):
        return
    if not sys.stdin.isatty():
        raise NotConfirmed("spending.confirm=true asks on a terminal, and there is none: leave it")
    if console.input("spend it? [y/N] ").strip().lower() not in {"y", "yes"}:
        raise NotConfirmed("nothing was sent and nothing was spent")


def _named(stand: StageStatus) -> str:
    """Return the model of an elicit stand, the judge of a judge's."""
    return stand.stage.partition(" ")[2] or stand.model


def _prepare(settings: Settings, progress: Progress) -> None:
    used = [*settings.models.values(), *(judge.model for judge in settings.judges.values())]
    if not any(model.source == embedded.SOURCE for model in used):
        return
    progress.say(embedded.TERMS)
    if _asks(settings) and not embedded.is_ready():
        progress.say("preparing the embedded model, once: about a minute")
        embedded.prepare()


def _tell(settings: Settings, swept: SweepResult, console: Console, seconds: float) -> None:
    run = settings.run
    if swept.content is not None:
        paths = {
            "report": run.folder / "report.html",
            "figures": run.folder / "figures",
            "tables": run.folder / "cells.csv",
            "responses": run.folder / "responses",
            "labels": run.folder / "labels",
        }
        console.print(summary(swept.content, paths))
    for name, why in swept.broken.items():
        console.print(f"not finished: {name}: {why}", highlight=False, soft_wrap=True)
    console.print(f"done in {clock(seconds)}", highlight=False)
