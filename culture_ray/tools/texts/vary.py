"""Variation: further wordings of topics and templates of protocols, written by a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from culture_ray.prompts.text_entries import Path, TextEntry, text_entries
from culture_ray.prompts.text_prompts import template_prompt, wording_prompt
from culture_ray.tools.texts.drafts import Draft, chosen, refuse_duplicates
from culture_ray.tools.texts.job import TextJob, TextResult
from culture_ray.tools.texts.model_texts import check_polarity, note_doubts, write_texts
from culture_ray.tools.texts.requests import TextRun


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
    write_texts(job, run, drafts, "vary", lambda draft: prompts[draft.place])
    refuse_duplicates(drafts, existing)
    note_doubts(job, drafts)
    check_polarity(job, run, drafts)
    return TextResult(tuple(drafts), {}, len(existing))


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
