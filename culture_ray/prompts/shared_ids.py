"""Ids of templates and wordings that all languages of a sweep share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from culture_ray.errors import BadPrompts
from culture_ray.prompts.language import Language, check_language
from culture_ray.prompts.protocols import find_protocol

_LISTED = 10
"""Ids of one language that a message names."""


@dataclass(frozen=True)
class LeftOut:
    """Ids of texts of one language that are not asked, because another language lacks them."""

    what: str
    """Kind of the texts: template or wording."""
    of: str
    """Protocol of the templates, or topic of the wordings."""
    ids: tuple[str, ...]
    language: str


@dataclass(frozen=True)
class SharedIds:
    """Sorted ids that a design may use; `left_out` lists those that some language lacks."""

    templates: tuple[str, ...]
    topics: tuple[str, ...]
    wordings: Mapping[str, tuple[str, ...]]
    left_out: tuple[LeftOut, ...]


def shared_ids(
    languages: Sequence[Language],
    topics: Sequence[str],
    protocol: str,
    countries: Sequence[str] = (),
) -> SharedIds:
    """Return the ids that all `languages` have for a protocol and these topics.

    Raises BadPrompts if a language lacks the protocol, a topic or one of `countries`, or if no
    template, or no wording of a topic, is common to all.
    """
    for language in languages:
        check_language(language, topics, protocol, countries)
    kind = find_protocol(protocol)
    left_out: list[LeftOut] = []

    def shared(what: str, of: str, ids: Iterable[Iterable[str]]) -> tuple[str, ...]:
        sets = [set(names) for names in ids]
        common = set.intersection(*sets)
        if not common:
            codes = ", ".join(language.code for language in languages)
            pairs = zip(languages, sets, strict=True)
            has = "; ".join(f"{language.code} has {_listed(names)}" for language, names in pairs)
            raise BadPrompts(
                f"no {what} of {of} is common to {codes}: give parallel texts the same id ({has})"
            )
        for language, names in zip(languages, sets, strict=True):
            if names - common:
                left_out.append(LeftOut(what, of, tuple(sorted(names - common)), language.code))
        return tuple(sorted(common))

    return SharedIds(
        templates=shared(
            "template",
            protocol,
            (language.protocols[kind.texts].templates for language in languages),
        ),
        topics=tuple(topics),
        wordings={
            topic: shared(
                "wording",
                topic,
                (language.topics[topic].wording_ids(kind) for language in languages),
            )
            for topic in topics
        },
        left_out=tuple(left_out),
    )


def _listed(ids: Iterable[str]) -> str:
    """Return the first of some ids, in order."""
    names = sorted(ids)
    return ", ".join(names[:_LISTED]) + (", ..." if len(names) > _LISTED else "")
