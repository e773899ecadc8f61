"""`culture-ray capability`: capability figures from the results of benchmark harnesses."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.table import Table

from culture_ray.cli.arguments import config_dir_flag, plain_name
from culture_ray.cli.console import Screen
from culture_ray.config.build import build, convert
from culture_ray.config.compose import compose_and_run
from culture_ray.config.files import writable_folder
from culture_ray.config.known_names import code_names, harness_table, language_files, model_files
from culture_ray.config.launchers import Content
from culture_ray.errors import UnknownName, WrongValue
from culture_ray.report.formatting import counted, listed, shown
from culture_ray.survey.harnesses.lm_eval import TaskMeaning
from culture_ray.tools.capability.job import HARNESSES, CapabilityJob, CapabilityResult
from culture_ray.tools.capability.make import make_capability


def act(overrides: list[str]) -> int:
    """Read, check and write capability figures, and summarise them; return 0."""

    def run(content: Content, _: str) -> None:
        job = _job(content, shlex.join(["culture-ray", "capability", *overrides]))
        _print(Screen(), job, make_capability(job))

    compose_and_run("culture-ray capability", overrides, run, root="capability")
    return 0


def _job(content: Content, command: str) -> CapabilityJob:
    harness = content["from"]
    if not harness:
        raise WrongValue(
            "from", harness, f"the harness that wrote the file: {' or '.join(HARNESSES)}"
        )
    if harness not in HARNESSES:
        raise UnknownName("harness", str(harness), HARNESSES)
    paths = content["file"]
    if not paths:
        raise WrongValue("file", paths, "a path, such as file=euroeval_benchmark_results.jsonl")
    files = convert(tuple[str, ...], [paths] if isinstance(paths, str) else paths, "file")
    known = harness_table()
    return CapabilityJob(
        harness=harness,
        files=tuple(Path(name).expanduser() for name in files),
        name=plain_name(content["name"] or harness),
        folder=writable_folder(convert(str | None, content["conf_dir"], "conf_dir")),
        models=model_files(),
        rename=_renamed(content["rename"]),
        left_out=convert(dict[str, str], known["euroeval"]["left_out"], "euroeval.left_out"),
        tasks=_tasks(content["tasks"], "tasks") | _tasks(known["lm_eval"]["tasks"], "lm_eval"),
        languages={**code_names().languages, **language_files()},
        common=convert(bool, content["common"], "common"),
        command=command,
    )


def _renamed(entries: Any) -> dict[str, str]:
    """Return our model names by the harness's names, from a mapping or a list of THEIRS=OURS."""
    if isinstance(entries, list):
        pairs = [str(entry).rpartition("=") for entry in entries]
        if not all(equals and old and new for old, equals, new in pairs):
            raise WrongValue("rename", entries, 'entries such as "org/model#thinking=my_model"')
        return {old: new for old, _, new in pairs}
    found: dict[str, str] = convert(dict[str, str], entries or {}, "rename")
    return found


def _tasks(entries: Any, key: str) -> dict[str, TaskMeaning]:
    found: dict[str, TaskMeaning] = {}
    for name, content in convert(dict[str, Any], entries or {}, key).items():
        found[name] = build(TaskMeaning, content, f"{key}.{name}")
        if found[name].language is None and "*" not in name:
            raise WrongValue(f"{key}.{name}.language", None, "a language's code, such as da")
    return found


def _print(screen: Screen, job: CapabilityJob, result: CapabilityResult) -> None:
    models = {mean.model for mean in result.means}
    languages = {mean.language for mean in result.means}
    screen.write_line(
        f"{counted(result.scores, 'score')} of {counted(len(models), 'model')} in "
        f"{counted(len(languages), 'language')}, from {counted(result.files, 'file')} of "
        f"{job.harness}"
    )
    table = Table(box=None, padding=(0, 1), pad_edge=False)
    table.add_column("model", overflow="fold")
    table.add_column("lang")
    table.add_column("capability", justify="right")
    table.add_column("std. error", justify="right")
    table.add_column("benchmarks", overflow="fold")
    for mean in result.means:
        table.add_row(
            mean.model, mean.language, shown(mean.capability, 3), shown(mean.std_error, 3),
            f"{len(mean.benchmarks)}: {listed(mean.benchmarks, 4)}",
        )  # fmt: skip
    screen.print(table)
    for note in result.notes:
        screen.write_line(f"! {note}")
    for language, lacking in _missing_cells(result).items():
        screen.write_line(
            f"! no benchmark in {language} for {listed(lacking)}: left out of regressions"
        )
    screen.write_line(f"written: {result.table}")
    flag = config_dir_flag(job.folder)
    screen.write_line(f"choose them in sweep and analyse with: capability={job.name}{flag}")


def _missing_cells(result: CapabilityResult) -> Mapping[str, list[str]]:
    """Return, per language, the models without a benchmark in it."""
    models = {mean.model for mean in result.means}
    missing = {
        language: sorted(models - {m.model for m in result.means if m.language == language})
        for language in sorted({mean.language for mean in result.means})
    }
    return {language: lacking for language, lacking in missing.items() if lacking}
