"""What translate and vary share: from words to texts in a language file and a page to review."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from culture_ray.cli.console import quiet_screen
from culture_ray.config.build import build
from culture_ray.config.compose import compose_and_run
from culture_ray.config.files import conf_folders, files_of, writable_folder
from culture_ray.config.known_names import code_names, file_text, language_files
from culture_ray.config.launchers import Content
from culture_ray.config.run_settings import cluster_from
from culture_ray.engines import embedded
from culture_ray.engines.factory import make_engine
from culture_ray.engines.interface import Sampling
from culture_ray.engines.model import Model
from culture_ray.errors import UnknownName, WrongValue
from culture_ray.plan.billing import BilledModel, billing_for, keep_spending
from culture_ray.prompts.language import read_language
from culture_ray.prompts.language_file import dumped, nested, with_added, with_replaced
from culture_ray.report.formatting import counted
from culture_ray.settings.spending import SpendingSettings
from culture_ray.store.atomic import replace_text
from culture_ray.store.provenance import record
from culture_ray.store.run_directory import RunDirectory
from culture_ray.sweep.execute.executor import Executor
from culture_ray.sweep.plan.readiness import check_installed
from culture_ray.sweep.progress.progress import Progress
from culture_ray.tools.texts.drafts import review
from culture_ray.tools.texts.requests import TextRun
from culture_ray.tools.texts.translate import (
    TargetLanguage,
    TextJob,
    TextResult,
    new_entries,
    read_texts,
    replaced,
)

FAILURES_LISTED = 3
_NOT_WORDS = frozenset({"model", "cluster", "spending"})
_SHOWN = 12
"""Problems that are told on the screen; the page for the reviewer has all."""


@dataclass(frozen=True)
class Words:
    """What the command says."""

    target: str
    source: str
    what: Literal["wordings", "templates"]
    count: int
    name: str | None
    native_name: str | None
    only: tuple[str, ...]
    again: bool
    tries: int
    sampling: Sampling
    run: str | None
    results: str
    conf_dir: str | None


Make = Callable[[TextJob, TextRun, Words], TextResult]


def make_texts(verb: str, overrides: list[str], make: Make) -> int:
    """Compose, make, check and write texts; return the exit code."""
    codes: list[int] = []

    def run(content: Content, _: str) -> None:
        command = shlex.join(["culture-ray", verb, *overrides])
        codes.append(_made(verb, content, command, make))

    # `language` is a folder of choices, and the language that is made is none of them yet.
    targets = [re.sub(r"^language=", "target=", word) for word in overrides]
    compose_and_run(f"culture-ray {verb}", targets, run, root="translate")
    return max(codes)


def _made(verb: str, content: Content, command: str, make: Make) -> int:
    words, models = _words(content), _models(content)
    cluster = cluster_from(content)
    own = {key: value for key, value in content.items() if key not in _NOT_WORDS}
    source = words.target if verb == "vary" else words.source
    if verb == "translate" and source == words.target:
        raise WrongValue("source", source, "another language than the one that is made")
    path = writable_folder(words.conf_dir) / "language" / f"{words.target}.yaml"
    before = _before(path, words.target)
    asked = _asked(words, source, before, path, tuple(models))
    run = RunDirectory(Path(words.results).expanduser() / (words.run or f"{verb}-{words.target}"))
    check_installed(models)
    spending = build(SpendingSettings, content["spending"], "spending")
    paid = {name: BilledModel(name, one, words.sampling.max_tokens) for name, one in models.items()}
    billing_for(run, spending, paid)
    with quiet_screen(run.logs / "driver.log") as console, Progress(console) as progress:
        progress.say(f"run {run.name} in {run.folder}")
        _prepare(models, progress)
        facts = {name: f"{model.source}@{model.revision or ''}" for name, model in models.items()}
        record(run, {"run": run.name, "command": command, "models": facts, "asked": own})
        purse = billing_for(run, spending, paid)
        with Executor(cluster, models, make_engine, run, progress, billing=purse) as executor:
            texts = TextRun(run, words.target, executor, progress, cluster.unit_size)
            found = make(asked, texts, words)
        keep_spending(run, purse)
    made_by = f"culture-ray {verb}, model {asked.maker}, {datetime.now(UTC):%Y-%m-%d}"
    _write(path, before, asked, found, words, made_by)
    page = run.folder / "review.md"
    title = f"{asked.tongue.name}: texts to review, {made_by}"
    replace_text(page, review(found.made, title))
    with quiet_screen(run.logs / "driver.log") as console:
        for line in _told(found, path, page, words):
            console.print(line, highlight=False, markup=False, soft_wrap=True)
    return FAILURES_LISTED if len(found.good) < len(found.made) else 0


def _words(content: Content) -> Words:
    own = {key: value for key, value in content.items() if key not in _NOT_WORDS}
    if not isinstance(own["target"], str):
        raise WrongValue("language", own["target"], "the code of one language, such as language=de")
    words = build(Words, own, "translate")
    if not re.fullmatch(r"[a-z]{2,3}(_[A-Za-z]+)?", words.target):
        raise WrongValue("language", words.target, "the code of one language, such as language=de")
    for key, value in (("count", words.count), ("tries", words.tries)):
        if value < 1:
            raise WrongValue(key, value, "at least 1")
    return words


def _models(content: Content) -> dict[str, Model]:
    entries = content.get("model") or {}
    if not 1 <= len(entries) <= 2:
        raise WrongValue("model", list(entries), "one model, or two: [maker,checker]")
    return {str(name): build(Model, entry, f"model.{name}") for name, entry in entries.items()}


def _before(path: Path, code: str) -> str | None:
    """Return the text of the language file there is, None for a new language."""
    known = path if path.is_file() else files_of("language").get(code)
    return None if known is None else file_text(known)


def _asked(
    words: Words, source: str, before: str | None, path: Path, models: tuple[str, ...]
) -> TextJob:
    known = language_files()
    existing: Mapping[Any, Any] = {} if before is None else read_texts(before, str(path))
    if before is not None:
        read_language(words.target, existing)
    texts = existing if source == words.target else known.get(source)
    if not texts:
        raise UnknownName("language", source, known)
    spoken = code_names().languages
    english = words.name or existing.get("name") or spoken.get(words.target, (None,))[0]
    if not english:
        expected = f"the name of '{words.target}' in English, which conf/names.yaml does not know"
        raise WrongValue("name", words.name, expected)
    return TextJob(
        source=texts,
        source_tongue=TargetLanguage(source, str(texts["name"])),
        existing=existing,
        tongue=TargetLanguage(words.target, str(english)),
        maker=models[0],
        checker=models[-1],
        sampling=words.sampling,
        neighbours=tuple(known),
        tries=words.tries,
        only=words.only,
        again=words.again,
    )


def _prepare(models: Mapping[str, Model], progress: Progress) -> None:
    if any(model.source == embedded.SOURCE for model in models.values()):
        progress.say(embedded.TERMS)
        if not embedded.is_ready():
            progress.say("preparing the embedded model, once: about a minute")
            embedded.prepare()


def _write(
    path: Path, before: str | None, asked: TextJob, found: TextResult, words: Words, made_by: str
) -> None:
    """Add the new texts; a file that would not change is not touched."""
    entries = new_entries(found, made_by)
    if not entries:
        return
    if before is None:
        native = words.native_name or code_names().languages.get(words.target, ("", ""))[1]
        head = {
            "code": words.target,
            "name": asked.tongue.name,
            "native_name": native or asked.tongue.name,
            "made_by": made_by,
            "reviewed": False,
            "protocols": {},
            "topics": {},
        }
        text = f"# @package language.{words.target}\n" + dumped(head | nested(entries))
    else:
        others = {at: entries.pop(at) for at in replaced(asked, found)}
        text = with_added(with_replaced(before, others, str(path)), entries, str(path))
    read_language(words.target, read_texts(text, str(path)))
    replace_text(path, text)


def _told(found: TextResult, path: Path, page: Path, words: Words) -> list[str]:
    good = found.good
    doubtful = [one for one in good if one.problems]
    lines = [
        f"{counted(len(good), 'text')} made, {len(doubtful)} of them with something to look at, "
        f"{len(found.made) - len(good)} not made; {found.kept} were there and stay as they are"
    ]
    odd = [*doubtful, *(one for one in found.made if one.text is None)]
    for one in odd[:_SHOWN]:
        state = "look at" if one.text is not None else "not made:"
        lines.append(f"{state} {one.place}: {'; '.join(one.problems)}")
    if len(odd) > _SHOWN:
        lines.append(f"... and {len(odd) - _SHOWN} more")
    if good:
        lines.append(f"written: {path}")
    lines.append(f"to review, each text beside its source: {page}")
    if good:
        folder = path.parent.parent
        known = folder.resolve() in [one.resolve() for one in conf_folders()]
        where = "" if known else f" --config-dir={folder}"
        lines.append(f"a sweep asks in it with: 'language=[{words.target}]'{where}")
        lines.append("no person has confirmed these texts: set reviewed: true where one has")
    return lines
