"""`culture-ray judge-check`: accuracy of judges on the gold set or against people."""

from __future__ import annotations

import shlex
from pathlib import Path

import pyarrow as pa

from culture_ray.cli.console import Screen, quiet_screen
from culture_ray.config.build import convert
from culture_ray.config.compose import compose_and_run
from culture_ray.config.judge_check import judge_check_from
from culture_ray.config.launchers import Content
from culture_ray.config.run_settings import judges_from
from culture_ray.engines.factory import make_engine
from culture_ray.errors import ExitCode, NoEffect, WrongValue
from culture_ray.report.screen.judges import agreement_lines, reliability_lines
from culture_ray.stages.embedded_model import prepare_embedded_models
from culture_ray.stages.judge.check import JudgeCheck, JudgeCheckResult, check_judges
from culture_ray.stages.judge.check_files import (
    agreement_table,
    reliability_table,
    repeats_agreement,
    write_check,
)
from culture_ray.stages.judge.check_folders import checks_folder
from culture_ray.stages.judge.human_check import (
    gold_against_humans,
    run_against_humans,
    write_between,
)
from culture_ray.stages.judge.warnings import warnings_of
from culture_ray.store.run_directory import RunDirectory
from culture_ray.sweep.progress.progress import Progress

_OF_GOLD = ("language", "cluster", "repeats", "spending")
"""Keys that the comparison of a run's labels does not read."""


def act(overrides: list[str]) -> int:
    """Check judges; return 0, or 3 if some could not finish."""

    def run(content: Content, _: str) -> int:
        command = shlex.join(["culture-ray", "judge-check", *overrides])
        human = convert(str | None, content["human"], "human")
        name = convert(str | None, content["run"], "run")
        if name is not None:
            _refuse_unused(overrides, name)
            return _check_run(content, name, human, command)
        return _check_on_gold(judge_check_from(content, command), human)

    return compose_and_run("culture-ray judge-check", overrides, run, root="judge_check")


def _refuse_unused(overrides: list[str], run: str) -> None:
    """Raise NoEffect for a key that only the check on the gold set reads."""
    for word in overrides:
        key, _, value = word.lstrip("+~").partition("=")
        if key.partition(".")[0] in _OF_GOLD and value not in ("[]", "{}", "null"):
            raise NoEffect(
                f"{key}={value} has no effect with run={run}, whose labels are there already: "
                f"leave it out, or leave run out to check judges on the gold set"
            )


def _check_on_gold(checking: JudgeCheck, human: str | None) -> int:
    people = None if human is None else gold_against_humans(Path(human).expanduser(), checking)
    log = checks_folder(checking.results) / "logs" / "driver.log"
    with quiet_screen(log) as console, Progress(console) as progress:
        prepare_embedded_models((judge.model for judge in checking.judges.values()), progress)
        checked, broken = check_judges(checking, make_engine, progress)
    screen = Screen()
    for name, result in checked.items():
        paths = write_check(checking, result)
        _print(screen, name, result)
        if people is not None:
            _print_agreement(screen, agreement_table(people(result)))
        screen.write_line(f"tables: {paths['reliability']}")
        screen.write_line(f"error for the statistics: {paths['error']}")
    between = write_between(checking, checked)
    if between is not None:
        _print_agreement(screen, agreement_table(between[0]))
        screen.write_line(f"between judges: {between[1]}")
    for name, reason in broken.items():
        screen.write_line(f"not finished: {name}: {reason}")
    return ExitCode.INCOMPLETE if broken else 0


def _print(screen: Screen, name: str, result: JudgeCheckResult) -> None:
    screen.print(f"\njudge {name} on {len(result.gold)} gold responses", highlight=False)
    for line in reliability_lines(reliability_table(result.reliability)):
        screen.print(line, highlight=False)
    repeats = agreement_table(repeats_agreement(result))
    if repeats.num_rows:
        _print_agreement(screen, repeats)
    for warning in warnings_of(result):
        screen.write_line(f"warning: {warning}")


def _print_agreement(screen: Screen, agreement: pa.Table) -> None:
    for line in agreement_lines(agreement):
        screen.print(line)


def _check_run(content: Content, name: str, human: str | None, command: str) -> int:
    run = RunDirectory(Path(str(content["results"])).expanduser() / name)
    judges = list(judges_from(content))
    path = None if human is None else Path(human).expanduser()
    compared = run_against_humans(run, judges, path, command)
    if not compared.rows:
        raise WrongValue("human", None, "a file, or a run with at least two judges to compare")
    screen = Screen()
    _print_agreement(screen, agreement_table(compared.rows))
    for sentence in compared.notes:
        screen.write_line(sentence)
    screen.write_line(f"table: {compared.path}")
    if human is not None:
        screen.write_line(
            f"the labels are kept in the run; culture-ray analyse run={name} corrects alignment "
            "and US bias by them"
        )
    return 0
