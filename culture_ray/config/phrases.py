"""Phrases of all known languages: those of a run, and of every language file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from culture_ray.config.files import files_of
from culture_ray.config.known_names import section_of
from culture_ray.prompts.language import Language
from culture_ray.prompts.phrases import Phrases, read_phrases
from culture_ray.survey.fields import Fields


def known_phrases(languages: Mapping[str, Language]) -> tuple[Phrases, ...]:
    """Return the phrases of a run's languages, then of all other language files.

    Models also answer in languages other than the prompt's. A language whose stored texts have no
    phrases, in a run of an older version, takes those of its file. Raises UserError.
    """
    own = {code: one.phrases for code, one in languages.items() if one.phrases is not None}
    files = {name: path for name, path in files_of("language").items() if name not in own}
    others = [_phrases_of(path, path.stat().st_mtime_ns) for path in files.values()]
    return (*own.values(), *(found for found in others if found is not None))


@cache
def _phrases_of(path: Path, changed: int) -> Phrases | None:
    """Return the phrases of a language file, None without any; `changed` is the file's time."""
    phrases = section_of(path, "phrases")
    if phrases is None:
        return None
    return read_phrases(Fields.of(phrases, f"language.{path.stem}.phrases"))
