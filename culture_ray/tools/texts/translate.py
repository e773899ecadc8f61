"""Translation of the texts of a language file by a model, checked by another one."""

from __future__ import annotations

from collections.abc import Sequence

from culture_ray.prompts.completeness import complete_paths
from culture_ray.prompts.text_entries import Path, TextEntry, entry_names, text_entries
from culture_ray.prompts.text_prompts import TEXT_SCHEMA, translation_prompt
from culture_ray.tools.texts.drafts import Draft, chosen, json_field, refuse_duplicates
from culture_ray.tools.texts.job import TextJob, TextResult
from culture_ray.tools.texts.model_texts import check_polarity, note_doubts, write_texts
from culture_ray.tools.texts.requests import TextQuestion, TextRun


def translate(job: TextJob, run: TextRun) -> TextResult:
    """Translate every text of the source that the language lacks, and check the translations."""
    source, existing = text_entries(job.source), _kept_texts(job)
    wanted = [path for path in chosen(source, job.only) if path not in existing]
    drafts = [Draft(path, source[path].text) for path in wanted]
    write_texts(job, run, drafts, "translate", lambda draft: _translation(job, draft.source))
    refuse_duplicates(drafts, existing)
    names = entry_names(job.source)
    available = {draft.path for draft in drafts if draft.text is not None} | set(existing)
    complete = complete_paths(job.source, available, names)
    for draft in drafts:
        if draft.text is not None and draft.path not in complete:
            draft.refuse("a text that belongs with it is missing")
    note_doubts(job, drafts)
    _translate_back(job, run, drafts)
    check_polarity(job, run, drafts)
    existing_names = set(entry_names(job.existing)) if job.existing else set()
    added = {
        path: name
        for path, name in names.items()
        if path in complete and path not in existing_names
    }
    return TextResult(tuple(drafts), added, len(existing))


def _kept_texts(job: TextJob) -> dict[Path, TextEntry]:
    """Return the existing texts to keep: all, or with `again` those that a person has touched."""
    existing = text_entries(job.existing)
    if not job.again:
        return existing
    selected = set(chosen(existing, job.only)) if existing else set()
    return {p: entry for p, entry in existing.items() if p not in selected or not entry.untouched}


def _translation(job: TextJob, text: str) -> str:
    return translation_prompt(text, job.source_tongue.name, job.tongue.name)


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
