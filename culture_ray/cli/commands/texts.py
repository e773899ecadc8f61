"""`culture-ray translate` and `vary`: texts of a language, made by a model for review."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from culture_ray.cli.arguments import config_dir_flag
from culture_ray.cli.commands.text_options import (
    TextOptions,
    existing_text,
    option_values,
    read_models,
    read_options,
    text_job,
)
from culture_ray.cli.console import quiet_screen
from culture_ray.config.build import build
from culture_ray.config.compose import compose_and_run
from culture_ray.config.files import writable_folder
from culture_ray.config.known_names import code_names
from culture_ray.config.launchers import Content
from culture_ray.config.run_settings import cluster_from
from culture_ray.engines.factory import make_engine
from culture_ray.errors import ExitCode, WrongValue
from culture_ray.plan.billing import BilledModel, billing_for, keep_spending
from culture_ray.prompts.language import read_language
from culture_ray.prompts.language_file import dumped, nested, with_added, with_replaced
from culture_ray.report.formatting import counted
from culture_ray.settings.spending import SpendingSettings
from culture_ray.stages.embedded_model import prepare_embedded_models
from culture_ray.store.atomic import replace_text
from culture_ray.store.provenance import record
from culture_ray.store.run_directory import RunDirectory
from culture_ray.sweep.execute.executor import Executor
from culture_ray.sweep.plan.processes import one_process_suffices
from culture_ray.sweep.plan.readiness import check_installed
from culture_ray.sweep.progress.progress import Progress
from culture_ray.tools.texts import translate as translation
from culture_ray.tools.texts import vary as variation
from culture_ray.tools.texts.drafts import review
from culture_ray.tools.texts.job import TextJob, TextResult
from culture_ray.tools.texts.language_entries import new_entries, read_texts, replaced
from culture_ray.tools.texts.requests import TextRun

_SHOWN = 12
"""Largest number of problems on the screen; the page for the reviewer has all."""

Make = Callable[[TextJob, TextRun, TextOptions], TextResult]


def translate(overrides: list[str]) -> int:
    """Translate the texts that a language lacks; return 0, or 3 if some could not be made."""
    return _act("translate", overrides, lambda job, run, _: translation.translate(job, run))


def vary(overrides: list[str]) -> int:
    """Propose wordings or templates; return 0, or 3 if some could not be made."""
    return _act(
        "vary",
        overrides,
        lambda job, run, options: variation.vary(job, run, options.what, options.count),
    )


def _act(verb: str, overrides: list[str], make: Make) -> int:
    command = shlex.join(["culture-ray", verb, *overrides])
    # `language` is a group of the conf tree, which has no file yet for a new language.
    targets = [re.sub(r"^language=", "target=", word) for word in overrides]
    return compose_and_run(
        f"culture-ray {verb}",
        targets,
        lambda content, _: _make_texts(verb, content, command, make),
        root="translate",
    )


def _make_texts(verb: str, content: Content, command: str, make: Make) -> int:
    """Make and check texts, add them to the language's file, and write the page to review."""
    options, models = read_options(content), read_models(content)
    cluster = cluster_from(content)
    source = options.target if verb == "vary" else options.source
    if verb == "translate" and source == options.target:
        raise WrongValue("source", source, "another language than the one that is made")
    path = writable_folder(options.conf_dir) / "language" / f"{options.target}.yaml"
    existing = existing_text(path, options.target)
    job = text_job(options, source, existing, path, tuple(models))
    name = options.run or f"{verb}-{options.target}"
    run = RunDirectory(Path(options.results).expanduser() / name)
    check_installed(models)
    spending = build(SpendingSettings, content["spending"], "spending")
    billed = {
        name: BilledModel(name, model, model.output_limit(options.sampling.max_tokens))
        for name, model in models.items()
    }
    billing_for(run, spending, billed)  # refuses what cannot be paid, before anything is written
    with quiet_screen(run.logs / "driver.log") as screen, Progress(screen) as progress:
        progress.say(f"run {run.name} in {run.folder}")
        prepare_embedded_models(models.values(), progress)
        facts = {name: f"{model.source}@{model.revision or ''}" for name, model in models.items()}
        asked = option_values(content)
        record(run, {"run": run.name, "command": command, "models": facts, "asked": asked})
        billing = billing_for(run, spending, billed)
        alone = one_process_suffices([models.values()], cluster)
        with Executor(
            cluster, models, make_engine, run, progress, billing=billing, in_process=alone
        ) as executor:
            texts = TextRun(run, options.target, executor, progress, cluster.unit_size)
            result = make(job, texts, options)
        keep_spending(run, billing)
    made_by = f"culture-ray {verb}, model {job.maker}, {datetime.now(UTC):%Y-%m-%d}"
    _write_language(path, existing, job, result, options, made_by)
    page = run.folder / "review.md"
    replace_text(page, review(result.made, f"{job.tongue.name}: texts to review, {made_by}"))
    with quiet_screen(run.logs / "driver.log") as screen:
        for line in _summary(result, path, page, options):
            screen.write_line(line)
    return ExitCode.INCOMPLETE if len(result.good) < len(result.made) else 0


def _write_language(
    path: Path,
    existing: str | None,
    job: TextJob,
    result: TextResult,
    options: TextOptions,
    made_by: str,
) -> None:
    """Add the new texts to the language's file, which is left alone if there are none."""
    entries = new_entries(result, made_by)
    if not entries:
        return
    if existing is None:
        native = options.native_name or code_names().languages.get(options.target, ("", ""))[1]
        head = {
            "code": options.target,
            "name": job.tongue.name,
            "native_name": native or job.tongue.name,
            "made_by": made_by,
            "reviewed": False,
            "protocols": {},
            "topics": {},
        }
        text = f"# @package language.{options.target}\n" + dumped(head | nested(entries))
    else:
        changed = {place: entries.pop(place) for place in replaced(job, result)}
        text = with_added(with_replaced(existing, changed, str(path)), entries, str(path))
    read_language(options.target, read_texts(text, str(path)))
    replace_text(path, text)


def _summary(result: TextResult, path: Path, page: Path, options: TextOptions) -> list[str]:
    good = result.good
    doubtful = [text for text in good if text.problems]
    lines = [
        f"{counted(len(good), 'text')} made, {len(doubtful)} of them with possible problems, "
        f"{len(result.made) - len(good)} not made; {result.kept} existing texts left as they are"
    ]
    problems = [*doubtful, *(text for text in result.made if text.text is None)]
    for text in problems[:_SHOWN]:
        state = "check" if text.text is not None else "not made:"
        lines.append(f"{state} {text.place}: {'; '.join(text.problems)}")
    if len(problems) > _SHOWN:
        lines.append(f"... and {len(problems) - _SHOWN} more")
    if good:
        lines.append(f"written: {path}")
    lines.append(f"for review, each text next to its source: {page}")
    if good:
        flag = config_dir_flag(path.parent.parent)
        lines.append(f"use the language in a sweep with: 'language=[{options.target}]'{flag}")
        lines.append("no person has confirmed these texts yet: set reviewed: true once one has")
    return lines
