"""Check of the words after a verb: its own flags, and keys that it reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from culture_ray.cli.catalogue import VERBS
from culture_ray.cli.descriptions import described_keys
from culture_ray.cli.verbs.verb import Verb
from culture_ray.config.files import groups
from culture_ray.config.hydra_hooks.flags import HYDRA_FLAGS
from culture_ray.errors import BadOverride, NoEffect, UnknownName
from culture_ray.settings.kept_keys import OF_THE_RUN

_OF_ANY_VERB = {"--config-dir", "--help", "--multirun"}
"""Flags that are suggested for every verb; Hydra has more, for those who know it."""

_INSTEAD = {
    "--dry-run": "culture-ray plan shows what a sweep would do, and writes nothing",
    "--watch": "culture-ray status run=NAME --watch follows a sweep",
}
"""Ways to do what a flag of another verb does."""


def check_words(verb: Verb, words: Sequence[str]) -> None:
    """Refuse a flag that neither the verb nor Hydra has, and a key that the verb does not read.

    A choice of nothing, such as language=[], is let through. What a run was made with is left to
    the verbs that read it. Raises UnknownName, BadOverride and NoEffect.
    """
    own = {flag.partition(" ")[0] for flag in verb.flags}
    for word, after in zip_longest(words, words[1:], fillvalue=""):
        if re.match("--|-[a-zA-Z]", word) and _is_unknown(word, after, own):
            _refuse_flag(verb, word, after, own)
    for word in words[1:] if words and words[0] in verb.roots else ():
        if re.fullmatch(r"\w[^=]*", word):
            raise BadOverride(f"'{word}' is not a filter: write name={word}")
    if verb.keys:
        for key, value in _overrides(words):
            _check_key(verb, key, value)


def _is_unknown(flag: str, after: str, own: set[str]) -> bool:
    name, equals, _ = flag.partition("=")
    if name == "--run":  # Hydra's, without a value; with one, the key is meant
        return bool(equals) or bool(re.fullmatch(r"\w[^=]*", after))
    return name not in own | HYDRA_FLAGS


def _refuse_flag(verb: Verb, word: str, after: str, own: set[str]) -> None:
    flag, _, value = word.partition("=")
    having = [
        other.name
        for other in VERBS.values()
        if flag in {known.partition(" ")[0] for known in other.flags}
    ]
    if not having:
        key = flag.lstrip("-").replace("-", "_")
        if key in {described.top for described in described_keys(verb.root)} | set(groups()):
            meant = value or ("VALUE" if "=" in after or after.startswith("-") else after)
            raise BadOverride(f"unknown flag '{word}': write {key}={meant or 'VALUE'}")
        raise UnknownName("flag", word, own | _OF_ANY_VERB)
    instead = f"; {_INSTEAD[flag]}" if flag in _INSTEAD else ""
    raise NoEffect(
        f"culture-ray {verb.name} has no flag {flag}, which {_listed(having)} "
        f"{'has' if len(having) == 1 else 'have'}{instead}"
    )


def _check_key(verb: Verb, key: str, value: str) -> None:
    top = key.partition(".")[0]
    if reads(verb, key) or value in ("[]", "{}", "null"):
        return
    if verb.keeps_run and top in OF_THE_RUN:
        return  # the verb itself compares it with what the run was made with
    if top not in {described.top for described in described_keys(verb.root)}:
        return  # Hydra refuses it and names the nearest
    others = [
        other.name
        for other in VERBS.values()
        if other.root == verb.root and other is not verb and (not other.keys or reads(other, key))
    ]
    used = f"; it is for {_listed(others)}" if others else ""
    raise NoEffect(f"{key}={value} has no effect on culture-ray {verb.name}: leave it out{used}")


def reads(verb: Verb, key: str) -> bool:
    """Return True if a verb reads a key, a part of it, or what it is a part of."""
    return any(
        f"{key}.".startswith(f"{known}.") or f"{known}.".startswith(f"{key}.")
        for known in verb.keys
    )


def _overrides(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the key and the value of every override."""
    for word in words:
        key, equals, value = word.lstrip("+~").partition("=")
        if not word.startswith("-") and (equals or word.startswith("~")):
            yield key.partition("@")[0], value


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
