"""Place of a run from plain words of a command, without Hydra, which takes long to import."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import yaml

from culture_ray.config.files import conf_folder, find_file
from culture_ray.config.known_names import file_text

_ROOT = "config.yaml"
_KEYS = ("run", "results")

_PLAIN = re.compile(r"(run)=([A-Za-z_][\w-]*)|(results)=((?:\.{0,2}/)?[A-Za-z_][\w./-]*)", re.ASCII)
"""Words whose values Hydra reads as they are written."""

_NOT_TEXT = frozenset(("null", "true", "false", "inf", "nan"))


def on_place(
    program: str, overrides: Sequence[str], act: Callable[[Mapping[str, Any], str], int | None]
) -> None:
    """Call `act` with a configuration for a verb that reads only the place of a run in it.

    It has the keys `run` and `results` alone where the words are plain; else Hydra composes it.
    Raises UserError as `compose_and_run` does.
    """
    content = plain_place(overrides)
    if content is not None:
        act(content, "")
        return
    from culture_ray.config.compose import compose_and_run
    from culture_ray.config.hydra_hooks.refusals import WITHOUT_TEXTS

    compose_and_run(program, [WITHOUT_TEXTS, *overrides], act)


def plain_place(words: Sequence[str]) -> dict[str, Any] | None:
    """Return the keys `run` and `results` of the configuration that plain words choose.

    None for words that Hydra has to read, and where the user has a root file of their own, in which
    anything may be chosen.
    """
    root = find_file(_ROOT)
    if root.parent != conf_folder():
        return None
    content = yaml.load(file_text(root), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    found = {key: content[key] for key in _KEYS}
    for word in words:
        match = _PLAIN.fullmatch(word)
        if match is None or word.partition("=")[2].casefold() in _NOT_TEXT:
            return None
        found[match[1] or match[3]] = match[2] or match[4]
    return found
