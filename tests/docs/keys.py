"""The keys that a configuration may have, under any choice of files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from culture_ray.cli.catalogue import VERBS
from culture_ray.config.compose import compose_and_run
from culture_ray.config.files import choices, groups
from culture_ray.config.hydra_hooks.refusals import typed_keys
from culture_ray.config.launchers import Content

_MANY = ("model", "judge")
"""Groups of which all files can be chosen at once."""

_WITH_LANGUAGES = ("config", "import", "label_sheet", "judge_check", "compare", "leaderboard")
"""Files whose compositions hold texts of languages."""

_ALSO = {"translate": {"language"}, "config": {"watch", "watch=true"}}
"""Words that verbs take out before Hydra sees them."""


def known_keys(root: str) -> frozenset[str]:
    """Return the keys of a configuration that begins with a file of conf/."""
    typed = typed_keys(dict(_composed(root))) if root in _WITH_LANGUAGES else set()
    return keys_in_files(root) | typed


@cache
def keys_in_files(root: str) -> frozenset[str]:
    """Return those that stand in a file, which need no + on the command line."""
    return frozenset({*groups(), *_flattened(_composed(root), ""), *_ALSO.get(root, ())})


@cache
def _composed(root: str) -> Content:
    seen: list[Content] = []
    plain: list[Content] = []
    # Texts of languages are long and hold no keys of their own.
    mute = ["language=[]"] if root in _WITH_LANGUAGES else []
    compose_and_run("a test", mute, lambda content, _: plain.append(content), root)
    many = [*mute]
    many += [f"{name}=[{','.join(choices(name))}]" for name in _MANY if name in plain[0]]
    many += [f"protocol=[{','.join(_PROTOCOLS)}]"] if "protocol" in plain[0] else []
    many += ["cluster=slurm"] if "cluster" in plain[0] else []
    many += ["persona=respondents"] if root == "config" else []
    compose_and_run("a test", many, lambda content, _: seen.append(content), root)
    return seen[0]


def roots() -> list[str]:
    """Return the files that compositions of verbs begin with."""
    verbs = VERBS.values()
    return list(
        dict.fromkeys(root for verb in verbs for root in verb.roots.values() or [verb.root])
    )


def is_known(key: str, among: frozenset[str]) -> bool:
    """Return True if a key exists; words in capitals stand for any name."""
    key = key.lstrip("+")
    pattern = re.compile(re.sub(r"\b[A-Z][A-Z_]*\b", "[^.]+", key.replace(".", r"\.")))
    return any(pattern.fullmatch(name) for name in among)


_PROTOCOLS = ("hypothetical_interviews", "persona", "direct_item")


def _flattened(content: Any, prefix: str) -> Iterator[str]:
    if isinstance(content, Mapping):
        for name, value in content.items():
            yield f"{prefix}{name}"
            yield from _flattened(value, f"{prefix}{name}.")
