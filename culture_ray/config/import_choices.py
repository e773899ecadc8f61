"""Choices of `culture-ray import`, from its configuration and the names that conf describes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from culture_ray.config.build import build, convert
from culture_ray.config.known_names import code_names, language_files
from culture_ray.config.launchers import Content
from culture_ray.errors import UnknownName, WrongValue
from culture_ray.survey.codes.countries import country_code
from culture_ray.survey.codes.languages import language_tag
from culture_ray.survey.codes.table import plain
from culture_ray.survey.ground_truth import Population
from culture_ray.survey.topics import Topic
from culture_ray.tools.scored.choices import (
    Constants,
    KnownNames,
    ScoredChoices,
    ScoredColumns,
    StanceWords,
)

OWN_KEYS = (
    "file", "columns", "constants", "rename", "stances", "value_range", "encoding",
    "allow_unknown_topics",
)  # fmt: skip
"""Keys of conf/import.yaml that say how files are read; they are not settings of the run."""

_SHORT = ("model", "language", "topic", "family", "persona", "wording")
_RENAMED = ("model", "language", "topic", "family", "persona")


def with_constants(overrides: Sequence[str]) -> list[str]:
    """Return overrides of import in which `model=NAME` stands for `constants.model=NAME`.

    An imported run has no model or language of conf to choose. Raises WrongValue for a protocol or
    judge: responses were elicited and scored elsewhere.
    """
    for word in overrides:
        key, _, value = word.partition("=")
        if key in ("protocol", "judge"):
            raise WrongValue(key, value, f"none: an imported run has the {key} imported")
    return [
        f"constants.{word}" if word.partition("=")[0] in _SHORT and "=" in word else word
        for word in overrides
    ]


def import_choices(content: Content) -> ScoredChoices:
    """Return the choices on reading files; raises UnknownName and WrongValue."""
    constants = build(Constants, content["constants"], "constants")
    for name, value in vars(constants).items():
        if value is not None and not value.strip():
            raise WrongValue(f"constants.{name}", value, "a text that is not blank")
    low, high = convert(tuple[float, float], content["value_range"], "value_range")
    return ScoredChoices(
        columns=build(ScoredColumns, content["columns"], "columns"),
        constants=constants,
        rename=_renamed(content["rename"] or {}),
        stances=build(StanceWords, content["stances"], "stances"),
        value_range=(low, high),
        encoding=convert(str, content["encoding"], "encoding"),
    )


def known_names(
    topics: Sequence[Topic], surveyed: Sequence[str], populations: Sequence[Population]
) -> KnownNames:
    """Return the names that an import understands, from conf and the chosen populations.

    `surveyed` are the topics that the populations were asked about.
    """
    names, texts = code_names(), language_files()
    tags = {plain(name): code for code, pair in names.languages.items() for name in pair}
    for code, entry in texts.items():
        tags |= {plain(str(entry[key])): code for key in ("name", "native_name") if key in entry}
    spoken = {code for population in populations for code in population.languages}
    valid = sorted({*texts, *names.languages, *spoken})
    english = [pair[0] for pair in names.languages.values()]
    by_name = {plain(spelling): p.name for p in populations for spelling in (p.label, p.name)}
    by_name |= {plain(name): code for code, name in names.countries.items()}
    return KnownNames(
        scales={topic.id: topic.scale for topic in topics},
        topics={name.lower(): name for name in (*surveyed, *(topic.id for topic in topics))},
        language_tag=lambda text: language_tag(text, tags, valid),
        languages=(*valid, *english),
        population=lambda text: by_name.get(plain(text)) or country_code(text),
    )


def _renamed(entries: Any) -> dict[str, dict[str, str]]:
    """Return our names by the file's, in lower case, by column."""
    if not isinstance(entries, Mapping):
        raise WrongValue("rename", entries, f"keys {', '.join(_RENAMED)}")
    found = {}
    for key, pairs in entries.items():
        if key not in _RENAMED:
            raise UnknownName("key", f"rename.{key}", [f"rename.{name}" for name in _RENAMED])
        found[str(key)] = {
            old.casefold(): new for old, new in _pairs(pairs, f"rename.{key}").items()
        }
    return found


def _pairs(entries: Any, key: str) -> dict[str, str]:
    """Return a mapping, or a list of THEIRS=OURS for names that Hydra takes for no key."""
    if isinstance(entries, list):
        parts = [str(entry).rpartition("=") for entry in entries]
        if not all(old and equals and new for old, equals, new in parts):
            raise WrongValue(key, entries, 'entries such as "theirs=ours"')
        return {old: new for old, _, new in parts}
    # Topics and personas may be numbers; a boolean is a word that YAML has misread.
    given = {n if isinstance(n, bool) else str(n): new for n, new in (entries or {}).items()}
    pairs: dict[str, str] = convert(dict[str, str], given, key)
    return pairs
