"""Texts that a model writes and another one checks, for a person to confirm."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from culture_ray.judging.language_id import LanguageDetector, detectable
from culture_ray.prompts import translation_checks as checks
from culture_ray.prompts.text_entries import text_entries
from culture_ray.prompts.text_prompts import TEXT_SCHEMA
from culture_ray.tools.texts.drafts import Draft, json_field, polarity_problem, polarity_questions
from culture_ray.tools.texts.job import TextJob
from culture_ray.tools.texts.requests import TextQuestion, TextRun


def write_texts(
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


def note_doubts(job: TextJob, drafts: Sequence[Draft]) -> None:
    """Add to each text the problems that its form and language show to its reviewer."""
    detect = _detector(job)
    for draft in drafts:
        if draft.text is not None:
            draft.problems += _doubts(draft, job, detect)


def check_polarity(job: TextJob, run: TextRun, drafts: Sequence[Draft]) -> None:
    """Have the other model judge which statement each new text of a topic agrees with."""
    texts = text_entries(job.source)
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


def _detector(job: TextJob) -> checks.Detect:
    detector = LanguageDetector(
        detectable([job.source_tongue.code, job.tongue.code, *job.neighbours])
    )
    if not detector.knows(job.tongue.code):
        return lambda text: None
    return lambda text: detector.detect(text).language
