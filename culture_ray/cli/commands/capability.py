"""`culture-ray capability`: results of benchmark harnesses become capability figures."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from culture_ray.cli.console import Screen
from culture_ray.config.build import build, convert
from culture_ray.config.compose import compose_and_run
from culture_ray.config.files import conf_folders, writable_folder
from culture_ray.config.known_names import benchmark_table, code_names, language_files, model_files
from culture_ray.config.launchers import Content
from culture_ray.errors import UnknownName, WrongValue
from culture_ray.report.formatting import counted, listed, shown
from culture_ray.survey.harnesses.lm_eval import TaskMeaning
from culture_ray.tools.capability import (
    HARNESSES,
    CapabilityJob,
    CapabilityResult,
    make_capability,
)


def act(overrides: list[str]) -> int:
    """Read, check, write and summarise; return 0."""

    def run(content: Content, _: str) -> None:
        asked = _asked(content, shlex.join(["culture-ray", "capability", *overrides]))
        _print(Screen(), asked, make_capability(asked))

    compose_and_run("culture-ray capability", overrides, run, root="capability")
    return 0


def _asked(content: Content, command: str) -> CapabilityJob:
    harness = content["from"]
    if not harness:
        raise WrongValue("from", harness, f"whose results they are: {' or '.join(HARNESSES)}")
    if harness not in HARNESSES:
        raise UnknownName("harness", str(harness), HARNESSES)
    given = content["file"]
    if not given:
        raise WrongValue("file", given, "a path, such as file=euroeval_benchmark_results.jsonl")
    files = convert(tuple[str, ...], [given] if isinstance(given, str) else given, "file")
    known = benchmark_table()
    return CapabilityJob(
        harness=harness,
        files=tuple(Path(name).expanduser() for name in files),
        name=_name(content["name"] or harness),
        folder=writable_folder(convert(str | None, content["conf_dir"], "conf_dir")),
        models=model_files(),
        rename=_renamed(content["rename"]),
        left_out=convert(dict[str, str], known["euroeval"]["left_out"], "euroeval.left_out"),
        tasks=_tasks(content["tasks"], "tasks") | _tasks(known["lm_eval"]["tasks"], "lm_eval"),
        languages={**code_names().languages, **language_files()},
        common=convert(bool, content["common"], "common"),
        command=command,
    )


def _name(given: Any) -> str:
    name: str = convert(str, given, "name")
    if not re.fullmatch(r"\w[\w.-]*", name):
        raise WrongValue("name", name, "a plain name of letters, digits and _")
    return name


def _renamed(given: Any) -> dict[str, str]:
    """Return names here by the harness's names, from a mapping or a list of THEIRS=OURS."""
    if isinstance(given, list):
        pairs = [str(entry).rpartition("=") for entry in given]
        if not all(equals and old and new for old, equals, new in pairs):
            raise WrongValue("rename", given, 'entries such as "org/model#thinking=my_model"')
        return {old: new for old, _, new in pairs}
    found: dict[str, str] = convert(dict[str, str], given or {}, "rename")
    return found


def _tasks(given: Any, key: str) -> dict[str, TaskMeaning]:
    found: dict[str, TaskMeaning] = {}
    for name, content in convert(dict[str, Any], given or {}, key).items():
        found[name] = build(TaskMeaning, content, f"{key}.{name}")
        if found[name].language is None and "*" not in name:
            raise WrongValue(f"{key}.{name}.language", None, "a language's code, such as da")
    return found


def _print(console: Console, asked: CapabilityJob, made: CapabilityResult) -> None:
    def say(line: str) -> None:
        console.print(line, highlight=False, soft_wrap=True, markup=False)

    models = {one.model for one in made.means}
    languages = {one.language for one in made.means}
    say(
        f"{counted(made.scores, 'score')} of {counted(len(models), 'model')} in "
        f"{counted(len(languages), 'language')}, from {counted(made.files, 'file')} of "
        f"{asked.harness}"
    )
    table = Table(box=None, padding=(0, 1), pad_edge=False)
    table.add_column("model", overflow="fold")
    table.add_column("lang")
    table.add_column("capability", justify="right")
    table.add_column("std. error", justify="right")
    table.add_column("benchmarks", overflow="fold")
    for one in made.means:
        table.add_row(
            one.model, one.language, shown(one.capability, 3), shown(one.std_error, 3),
            f"{len(one.benchmarks)}: {listed(one.benchmarks, 4)}",
        )  # fmt: skip
    console.print(table)
    for note in made.notes:
        say(f"! {note}")
    _missing(say, made)
    say(f"written: {made.table}")
    found = asked.folder.resolve() in [folder.resolve() for folder in conf_folders()]
    where = "" if found else f" --config-dir={asked.folder}"
    say(f"sweep and analyse choose them with: capability={asked.name}{where}")


def _missing(say: Any, made: CapabilityResult) -> None:
    """Say which models lack a language that others have: regressions leave those cells out."""
    have: Mapping[str, set[str]] = {
        language: {one.model for one in made.means if one.language == language}
        for language in sorted({one.language for one in made.means})
    }
    models = {one.model for one in made.means}
    for language, those in have.items():
        if lacking := sorted(models - those):
            say(f"! no benchmark in {language} of {listed(lacking)}: regressions leave that out")
