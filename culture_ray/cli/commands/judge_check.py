"""`culture-ray judge-check`: how far judges can be trusted, on the gold set or against people."""

from __future__ import annotations

import shlex
from pathlib import Path

from rich.console import Console

from culture_ray.cli.console import Screen, quiet_screen
from culture_ray.config.build import convert
from culture_ray.config.compose import compose_and_run
from culture_ray.config.judge_check import judge_check_from
from culture_ray.config.launchers import Content
from culture_ray.config.run_settings import judges_from
from culture_ray.engines import embedded
from culture_ray.engines.factory import make_engine
from culture_ray.errors import WrongValue
from culture_ray.report.screen.judges import agreement_lines, reliability_lines
from culture_ray.stages.judge.check import JudgeCheck, JudgeCheckResult, check_judges, checks_folder
from culture_ray.stages.judge.check_files import (
    agreement_table,
    reliability_table,
    repeats_agreement,
    write_check,
)
from culture_ray.stages.judge.human_check import (
    gold_against_humans,
    run_against_humans,
    write_between,
)
from culture_ray.stages.judge.warnings import warnings_of
from culture_ray.store.run_directory import RunDirectory
from culture_ray.sweep.progress.progress import Progress

FAILURES_LISTED = 3


def act(overrides: list[str]) -> int:
    """Check judges; return 0, or 3 when some could not finish."""
    codes: list[int] = []

    def run(content: Content, _: str) -> None:
        command = shlex.join(["culture-ray", "judge-check", *overrides])
        human = convert(str | None, content["human"], "human")
        name = convert(str | None, content["run"], "run")
        if name is not None:
            codes.append(_with_run(content, name, human, command))
            return
        codes.append(_on_gold(judge_check_from(content, command), human))

    compose_and_run("culture-ray judge-check", overrides, run, root="judge_check")
    return max(codes, default=0)


def _on_gold(checking: JudgeCheck, human: str | None) -> int:
    people = None if human is None else gold_against_humans(Path(human).expanduser(), checking)
    log = checks_folder(checking.results) / "logs" / "driver.log"
    with quiet_screen(log) as console, Progress(console) as progress:
        progress.say(f"Ray and vLLM write to {log.parent}/")
        _prepare(checking, progress)
        checked, broken = check_judges(checking, make_engine, progress)
    screen = Screen()
    for name, one in checked.items():
        paths = write_check(checking, one)
        _tell(screen, name, one)
        if people is not None:
            for line in agreement_lines(agreement_table(people(one))):
                screen.print(line)
        screen.print(f"tables: {paths['reliability']}", highlight=False, soft_wrap=True)
        screen.print(f"error for the statistics: {paths['error']}", highlight=False, soft_wrap=True)
    between = write_between(checking, checked)
    if between is not None:
        for line in agreement_lines(agreement_table(between[0])):
            screen.print(line)
        screen.print(f"between judges: {between[1]}", highlight=False, soft_wrap=True)
    for name, why in broken.items():
        screen.print(f"not finished: {name}: {why}", highlight=False, soft_wrap=True)
    return FAILURES_LISTED if broken else 0


def _tell(screen: Console, name: str, one: JudgeCheckResult) -> None:
    screen.print(f"\njudge {name} on {len(one.gold)} gold responses", highlight=False)
    for line in reliability_lines(reliability_table(one.reliability)):
        screen.print(line, highlight=False)
    repeats = agreement_table(repeats_agreement(one))
    if repeats.num_rows:
        for line in agreement_lines(repeats):
            screen.print(line)
    for warning in warnings_of(one):
        screen.print(f"warning: {warning}", highlight=False, soft_wrap=True)


def _with_run(content: Content, name: str, human: str | None, command: str) -> int:
    run = RunDirectory(Path(str(content["results"])).expanduser() / name)
    judges = list(judges_from(content))
    path = None if human is None else Path(human).expanduser()
    found = run_against_humans(run, judges, path, command)
    if not found.rows:
        raise WrongValue("human", None, "a file, or a run with at least two judges to compare")
    screen = Screen()
    for line in agreement_lines(agreement_table(found.rows)):
        screen.print(line)
    for sentence in found.notes:
        screen.print(sentence, highlight=False, soft_wrap=True)
    screen.print(f"table: {found.path}", highlight=False, soft_wrap=True)
    return 0


def _prepare(checking: JudgeCheck, progress: Progress) -> None:
    if all(judge.model.source != embedded.SOURCE for judge in checking.judges.values()):
        return
    progress.say(embedded.TERMS)
    if not embedded.is_ready():
        progress.say("preparing the embedded model, once: about a minute")
        embedded.prepare()
