"""Translation and variation: texts written by a model, to be confirmed by a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from culture_ray.engines.interface import Sampling
from culture_ray.errors import BadPrompts
from culture_ray.judging.language_id import LanguageDetector, detectable
from culture_ray.prompts import translation_checks as checks
from culture_ray.prompts.completeness import complete_paths
from culture_ray.prompts.text_entries import Path, TextEntry, entry_names, text_entries
from culture_ray.prompts.text_prompts import (
    TEXT_SCHEMA,
    template_prompt,
    translation_prompt,
    wording_prompt,
)
from culture_ray.tools.texts.drafts import (
    Draft,
    chosen,
    json_field,
    polarity_problem,
    polarity_questions,
    refuse_duplicates,
)
from culture_ray.tools.texts.requests import TextQuestion, TextRun


@dataclass(frozen=True)
class TargetLanguage:
    """Code and English name of a language."""

    code: str
    name: str


@dataclass(frozen=True)
class TextJob:
    """Job of `translate` or `vary`: source texts, target language, models that write and check."""

    source: Mapping[Any, Any]
    """Content of the language file that texts are made from."""
    source_tongue: TargetLanguage
    existing: Mapping[Any, Any]
    """Content of the language file that texts go into; empty for a new one."""
    tongue: TargetLanguage
    maker: str
    checker: str
    sampling: Sampling
    neighbours: tuple[str, ...]
    """Codes that the language detector chooses from, besides source and target."""
    tries: int = 2
    only: tuple[str, ...] = ()
    again: bool = False
    """True to replace texts that a model wrote and that no person has changed or confirmed."""


@dataclass(frozen=True)
class TextResult:
    """Result of a job: the drafts, and the number of texts that were kept."""

    made: tuple[Draft, ...]
    names: Mapping[Path, str] = field(default_factory=dict)
    """Names of entries, copied from the source."""
    kept: int = 0
    """Number of existing texts that were kept."""

    @property
    def good(self) -> tuple[Draft, ...]:
        """Return the texts that go into the file."""
        return tuple(draft for draft in self.made if draft.text is not None)


def translate(job: TextJob, run: TextRun) -> TextResult:
    """Translate every text of the source that the language lacks, and check the translations."""
    source, existing = text_entries(job.source), _kept_texts(job)
    wanted = [path for path in chosen(source, job.only) if path not in existing]
    drafts = [Draft(path, source[path].text) for path in wanted]
    _ask(job, run, drafts, "translate", lambda draft: _translation(job, draft.source))
    refuse_duplicates(drafts, existing)
    names = entry_names(job.source)
    available = {draft.path for draft in drafts if draft.text is not None} | set(existing)
    complete = complete_paths(job.source, available, names)
    for draft in drafts:
        if draft.text is not None and draft.path not in complete:
            draft.refuse("a text that belongs with it is missing")
    detect = _detector(job)
    for draft in drafts:
        if draft.text is not None:
            draft.problems += _doubts(draft, job, detect)
    _translate_back(job, run, drafts)
    _check_polarity(job, run, drafts, job.source)
    existing_names = set(entry_names(job.existing)) if job.existing else set()
    added = {
        path: name
        for path, name in names.items()
        if path in complete and path not in existing_names
    }
    return TextResult(tuple(drafts), added, len(existing))


def vary(job: TextJob, run: TextRun, what: str, count: int) -> TextResult:
    """Write `count` new wordings of every topic, or new templates of every protocol."""
    existing = text_entries(job.source)
    drafts, prompts = [], {}
    for parent in chosen(_parents(existing, what), job.only):
        known = {path[-1]: entry.text for path, entry in existing.items() if path[:-1] == parent}
        first = next(iter(known.values()))
        write = wording_prompt if what == "wordings" else template_prompt
        prompt = write(first, list(known.values()), job.tongue.name)
        for name in _free_names(list(known), what, count):
            drafts.append(Draft((*parent, name), first))
            prompts[drafts[-1].place] = prompt
    _ask(job, run, drafts, "vary", lambda draft: prompts[draft.place])
    refuse_duplicates(drafts, existing)
    detect = _detector(job)
    for draft in drafts:
        if draft.text is not None:
            draft.problems += _doubts(draft, job, detect)
    _check_polarity(job, run, drafts, job.source)
    return TextResult(tuple(drafts), {}, len(existing))


def new_entries(result: TextResult, made_by: str) -> dict[Path, Any]:
    """Return the new entries of the language file, by path."""
    entries: dict[Path, Any] = {draft.path: draft.entry(made_by) for draft in result.good}
    return entries | dict(result.names)


def replaced(job: TextJob, result: TextResult) -> list[Path]:
    """Return the paths of existing texts that new ones replace."""
    existing = text_entries(job.existing)
    return [draft.path for draft in result.good if draft.path in existing]


def _kept_texts(job: TextJob) -> dict[Path, TextEntry]:
    """Return the existing texts to keep: all, or with `again` those that a person has touched."""
    existing = text_entries(job.existing)
    if not job.again:
        return existing
    selected = set(chosen(existing, job.only)) if existing else set()
    return {p: entry for p, entry in existing.items() if p not in selected or not entry.untouched}


def _translation(job: TextJob, text: str) -> str:
    return translation_prompt(text, job.source_tongue.name, job.tongue.name)


def _ask(
    job: TextJob,
    run: TextRun,
    drafts: Sequence[Draft],
    step: str,
    prompt: Callable[[Draft], str],
) -> None:
    """Fill in the texts of drafts, with further attempts for texts that cannot be used."""
    for attempt in range(job.tries):
        missing = {draft.place: draft for draft in drafts if draft.text is None}
        questions = [
            TextQuestion(step, place, prompt(draft), TEXT_SCHEMA, attempt)
            for place, draft in missing.items()
        ]
        for place, answer in run.ask(job.maker, questions, job.sampling).items():
            text, why = json_field(answer, "text")
            problem = why if text is None else checks.text_problem(missing[place].source, text)
            missing[place].text, missing[place].problems = (
                (None, [problem]) if problem else (text, [])
            )


def _doubts(draft: Draft, job: TextJob, detect: checks.Detect) -> list[str]:
    """Return problems of a text for its reviewer; the text is added to the file all the same."""
    assert draft.text is not None
    source, target = job.source_tongue.code, job.tongue.code
    problems = []
    if source != target or "templates" in draft.path:
        problems.append(checks.format_problem(draft.source, draft.text))
    problems.append(checks.language_problem(draft.text, target, detect))
    if source != target:
        problems.append(checks.untranslated_part(draft.source, draft.text, source, detect))
    return [problem for problem in problems if problem]


def _translate_back(job: TextJob, run: TextRun, drafts: Sequence[Draft]) -> None:
    usable = {draft.place: draft for draft in drafts if draft.text is not None}
    questions = [
        TextQuestion(
            "back",
            place,
            translation_prompt(draft.text or "", job.tongue.name, job.source_tongue.name),
            TEXT_SCHEMA,
        )
        for place, draft in usable.items()
    ]
    for place, answer in run.ask(job.checker, questions, job.sampling).items():
        usable[place].back, why = json_field(answer, "text")
        if usable[place].back is None:
            usable[place].problems.append(f"not translated back: {why}")


def _check_polarity(
    job: TextJob, run: TextRun, drafts: Sequence[Draft], source: Mapping[Any, Any]
) -> None:
    texts = text_entries(source)
    statements = {
        str(path[1]): (texts["topics", path[1], "pro"].text, texts["topics", path[1], "con"].text)
        for path in texts
        if path[0] == "topics" and path[-1] == "pro"
    }
    drafts_by_place = {draft.place: draft for draft in drafts}
    questions = polarity_questions(drafts, statements)
    answers = run.ask(job.checker, [draft for draft, _ in questions.values()], job.sampling)
    for place, answer in answers.items():
        problem = polarity_problem(answer, questions[place][1])
        if problem:
            drafts_by_place[place].problems.append(problem)


def _detector(job: TextJob) -> checks.Detect:
    detector = LanguageDetector(
        detectable([job.source_tongue.code, job.tongue.code, *job.neighbours])
    )
    if not detector.knows(job.tongue.code):
        return lambda text: None
    return lambda text: detector.detect(text).language


def _parents(existing: Mapping[Path, TextEntry], what: str) -> list[Path]:
    return list(dict.fromkeys(path[:-1] for path in existing if len(path) > 1 and path[-2] == what))


def _free_names(known: Sequence[str | int], what: str, count: int) -> list[str]:
    letter = what[0]
    width = 2 if what == "templates" else 1
    taken = {str(name) for name in known}
    names: list[str] = []
    number = len(taken)
    while len(names) < count:
        number += 1
        name = f"{letter}{number:0{width}d}"
        if name not in taken:
            names.append(name)
    return names


def read_texts(text: str, where: str) -> Mapping[Any, Any]:
    """Return the content of a language file; raises BadPrompts for anything else."""
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as problem:
        words = " ".join(str(problem).split())[:200]
        raise BadPrompts(f"{where}: cannot be read as YAML ({words})") from problem
    if not isinstance(content, Mapping):
        raise BadPrompts(f"{where}: not a mapping of keys to values")
    return content
