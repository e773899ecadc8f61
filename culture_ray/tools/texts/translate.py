"""Translation and variation: texts written by a model, to be confirmed by a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from culture_ray.engines.interface import Sampling
from culture_ray.errors import BadPrompts
from culture_ray.judging.language_id import LanguageDetector
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
    refuse_doubles,
)
from culture_ray.tools.texts.requests import TextQuestion, TextRun


@dataclass(frozen=True)
class TargetLanguage:
    """A language by its code and its name in English."""

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
    """Codes that the language detector chooses from, besides the two."""
    tries: int = 2
    only: tuple[str, ...] = ()
    again: bool = False
    """Whether texts are made anew that a model made and no person changed or confirmed."""


@dataclass(frozen=True)
class TextResult:
    """Result of a job: the drafts, and the texts that stay."""

    made: tuple[Draft, ...]
    names: Mapping[Path, str] = field(default_factory=dict)
    """Names that stand beside the texts as they do in the source."""
    kept: int = 0
    """Texts that were there and stay."""

    @property
    def good(self) -> tuple[Draft, ...]:
        """Return the texts that go into the file."""
        return tuple(one for one in self.made if one.text is not None)


def translate(asked: TextJob, run: TextRun) -> TextResult:
    """Translate every text of the source that the language lacks, and check what comes back."""
    source, there = text_entries(asked.source), _staying(asked)
    wanted = [path for path in chosen(source, asked.only) if path not in there]
    made = [Draft(path, source[path].text) for path in wanted]
    _ask(asked, run, made, "translate", lambda one: _translation(asked, one.source))
    refuse_doubles(made, there)
    names = entry_names(asked.source)
    have = {one.path for one in made if one.text is not None} | set(there)
    whole = complete_paths(asked.source, have, names)
    for one in made:
        if one.text is not None and one.path not in whole:
            one.refuse("what belongs with it could not be made")
    detect = _detector(asked)
    for one in made:
        if one.text is not None:
            one.problems += _doubts(one, asked, detect)
    _back(asked, run, made)
    _polarity(asked, run, made, asked.source)
    have_names = set(entry_names(asked.existing)) if asked.existing else set()
    added = {path: name for path, name in names.items() if path in whole and path not in have_names}
    return TextResult(tuple(made), added, len(there))


def vary(asked: TextJob, run: TextRun, what: str, count: int) -> TextResult:
    """Write `count` new wordings of every topic, or new templates of every protocol."""
    there = text_entries(asked.source)
    made, prompts = [], {}
    for parent in chosen(_parents(there, what), asked.only):
        known = {path[-1]: leaf.text for path, leaf in there.items() if path[:-1] == parent}
        first = next(iter(known.values()))
        write = wording_prompt if what == "wordings" else template_prompt
        prompt = write(first, list(known.values()), asked.tongue.name)
        for name in _free_names(list(known), what, count):
            made.append(Draft((*parent, name), first))
            prompts[made[-1].place] = prompt
    _ask(asked, run, made, "vary", lambda one: prompts[one.place])
    refuse_doubles(made, there)
    detect = _detector(asked)
    for one in made:
        if one.text is not None:
            one.problems += _doubts(one, asked, detect)
    _polarity(asked, run, made, asked.source)
    return TextResult(tuple(made), {}, len(there))


def new_entries(found: TextResult, made_by: str) -> dict[Path, Any]:
    """Return the new entries of the language file, by path."""
    entries: dict[Path, Any] = {one.path: one.entry(made_by) for one in found.good}
    return entries | dict(found.names)


def replaced(asked: TextJob, found: TextResult) -> list[Path]:
    """Return the paths of texts that a new one takes the place of."""
    there = text_entries(asked.existing)
    return [one.path for one in found.good if one.path in there]


def _staying(asked: TextJob) -> dict[Path, TextEntry]:
    """Return the texts that are there and stay: all, or with `again` what a person has touched."""
    there = text_entries(asked.existing)
    if not asked.again:
        return there
    again = set(chosen(there, asked.only)) if there else set()
    return {p: leaf for p, leaf in there.items() if p not in again or not leaf.untouched}


def _translation(asked: TextJob, text: str) -> str:
    return translation_prompt(text, asked.source_tongue.name, asked.tongue.name)


def _ask(
    asked: TextJob,
    run: TextRun,
    made: Sequence[Draft],
    step: str,
    prompt: Callable[[Draft], str],
) -> None:
    """Fill in the texts; one that cannot be used is asked for again."""
    for attempt in range(asked.tries):
        left = {one.place: one for one in made if one.text is None}
        questions = [
            TextQuestion(step, place, prompt(one), TEXT_SCHEMA, attempt)
            for place, one in left.items()
        ]
        for place, answer in run.ask(asked.maker, questions, asked.sampling).items():
            text, why = json_field(answer, "text")
            wrong = why if text is None else checks.text_problem(left[place].source, text)
            left[place].text, left[place].problems = (None, [wrong]) if wrong else (text, [])


def _doubts(one: Draft, asked: TextJob, detect: checks.Detect) -> list[str]:
    """Return doubts about a text for its reviewer; none of them keeps it out of the file."""
    assert one.text is not None
    source, target = asked.source_tongue.code, asked.tongue.code
    found = []
    if source != target or "templates" in one.path:
        found.append(checks.format_problem(one.source, one.text))
    found.append(checks.language_problem(one.text, target, detect))
    if source != target:
        found.append(checks.untranslated_part(one.source, one.text, source, detect))
    return [problem for problem in found if problem]


def _back(asked: TextJob, run: TextRun, made: Sequence[Draft]) -> None:
    good = {one.place: one for one in made if one.text is not None}
    questions = [
        TextQuestion(
            "back",
            place,
            translation_prompt(one.text or "", asked.tongue.name, asked.source_tongue.name),
            TEXT_SCHEMA,
        )
        for place, one in good.items()
    ]
    for place, answer in run.ask(asked.checker, questions, asked.sampling).items():
        good[place].back, why = json_field(answer, "text")
        if good[place].back is None:
            good[place].problems.append(f"not translated back: {why}")


def _polarity(
    asked: TextJob, run: TextRun, made: Sequence[Draft], source: Mapping[Any, Any]
) -> None:
    texts = text_entries(source)
    statements = {
        str(path[1]): (texts["topics", path[1], "pro"].text, texts["topics", path[1], "con"].text)
        for path in texts
        if path[0] == "topics" and path[-1] == "pro"
    }
    good = {one.place: one for one in made}
    questions = polarity_questions(made, statements)
    answers = run.ask(asked.checker, [one for one, _ in questions.values()], asked.sampling)
    for place, answer in answers.items():
        problem = polarity_problem(answer, questions[place][1])
        if problem:
            good[place].problems.append(problem)


def _detector(asked: TextJob) -> checks.Detect:
    codes = {asked.source_tongue.code, asked.tongue.code, *asked.neighbours}
    detector = LanguageDetector(codes)
    return lambda text: detector.detect(text).language


def _parents(there: Mapping[Path, TextEntry], what: str) -> list[Path]:
    return list(dict.fromkeys(path[:-1] for path in there if len(path) > 1 and path[-2] == what))


def _free_names(known: Sequence[str | int], what: str, count: int) -> list[str]:
    letter = what[0]
    width = 2 if what == "templates" else 1
    taken = {str(name) for name in known}
    found: list[str] = []
    number = len(taken)
    while len(found) < count:
        number += 1
        name = f"{letter}{number:0{width}d}"
        if name not in taken:
            found.append(name)
    return found


def read_texts(text: str, where: str) -> Mapping[Any, Any]:
    """Return the content of a language file; raises BadPrompts where it is not one."""
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as problem:
        words = " ".join(str(problem).split())[:200]
        raise BadPrompts(f"{where}: cannot be read as YAML ({words})") from problem
    if not isinstance(content, Mapping):
        raise BadPrompts(f"{where}: no mapping of keys to values")
    return content
