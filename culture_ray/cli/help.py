"""Help texts, generated from the descriptions of the verbs and the comments of the conf tree."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from culture_ray.cli.catalogue import VERBS
from culture_ray.cli.descriptions import DescribedKey, described_keys
from culture_ray.cli.verbs.verb import Verb
from culture_ray.cli.words import reads
from culture_ray.config.files import choices
from culture_ray.errors import ExitCode, UnknownName

_WIDTH = 80
_KEYS = 30
"""Columns for a key and its default, beside which its description stands."""


_KEPT = "\N{NO-BREAK SPACE}"


def overview() -> str:
    """Return the text of `culture-ray --help`."""
    codes = "\n".join(f"  {code.value:>2}  {code.meaning}" for code in ExitCode)
    verbs = "\n".join(f"  {verb.name:<12}{verb.summary}" for verb in VERBS.values())
    return f"""\
culture-ray: do language models hold the views of the people whose language
they speak? Model x language x prompt sweeps over survey items.

usage: culture-ray VERB [KEY=VALUE ...]

{verbs}

examples:
  culture-ray plan experiment=paper
  culture-ray sweep experiment=quickstart
  culture-ray sweep experiment=quickstart 'language=[da,en]' run=two_languages
  culture-ray status run=quickstart

`culture-ray VERB --help` describes a verb and its options, `culture-ray list`
shows what you can choose, and `culture-ray --version` shows the version.
exit codes:
{codes}"""


def verb_help(name: str, word: str = "") -> str:
    """Return the text of `culture-ray VERB --help`, or of `culture-ray VERB WORD --help`.

    Raises UnknownName for a verb that does not exist.
    """
    if name not in VERBS:
        raise UnknownName("verb", name, VERBS)
    verb = VERBS[name]
    known = word in verb.roots
    of_word = (f" {word}" if known else " WORD") if verb.roots else ""
    keys = " [KEY=VALUE ...]" if verb.composes else ""
    flags = "".join(f" [{flag.replace(' ', _KEPT)}]" for flag in verb.flags)
    examples = [
        f"{_wrapped(command)}\n      {about}"
        for command, about in verb.examples
        if not known or command.startswith(f"culture-ray {name} {word}")
    ]
    parts = [
        _filled(f"usage: culture-ray {name}{of_word}{keys.replace(' ...', f'{_KEPT}...')}{flags}"),
        textwrap.fill(verb.description, _WIDTH, break_on_hyphens=False),
        "\n".join(("examples:", *examples)),
    ]
    if verb.roots and not known:
        first = next(iter(verb.roots))
        parts.append(
            textwrap.fill(f"words: {', '.join(verb.roots)}", _WIDTH, subsequent_indent="  ") + "\n"
            f"`culture-ray {name} {first} --help` shows the options of one of them"
        )
    elif verb.composes:
        parts += _options(verb, verb.roots.get(word, verb.root))
    return "\n\n".join(parts)


def _filled(usage: str) -> str:
    """Return a usage line in as many lines as it needs, each flag with its value on one."""
    found = textwrap.fill(
        usage, _WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )
    return found.replace(_KEPT, " ")


def _options(verb: Verb, root: str) -> Iterator[str]:
    """Yield the keys that a verb reads, and the files that can be chosen with them."""
    keys = [key for key in described_keys(root) if not verb.keys or reads(verb, key.name)]
    yield "\n".join(("options, with their defaults:", *map(_option, keys)))
    chosen = [key.group for key in keys if key.group is not None]
    several = any(key.default.startswith("[") for key in keys if key.group)
    hint = " (use a list for several: 'model=[a,b]')" if several else ""
    if chosen:
        yield f"choices{hint}:\n{_choices(chosen)}"
    if "model" in chosen:
        yield (
            "you can also change the settings of what you choose:\n"
            "model.gemma_2_9b.max_model_len=8192, cluster.nodes=4"
        )


def _wrapped(command: str) -> str:
    """Return a command wrapped with backslashes, so that it can be pasted into a shell."""
    lines = textwrap.wrap(command, _WIDTH - 8, break_long_words=False, break_on_hyphens=False)
    return "  " + " \\\n    ".join(lines)


def _option(key: DescribedKey) -> str:
    """Return a key, its default and its description, in one line or more."""
    head = f"  {key.name}={key.default}"
    about = textwrap.wrap(key.about, _WIDTH - _KEYS - 2, break_on_hyphens=False) or [""]
    indent = " " * (_KEYS + 2)
    if len(head) > _KEYS:
        head = textwrap.fill(
            head, _WIDTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
        )
        return "\n".join([head, *(indent + line for line in about if line)])
    first = f"{head:<{_KEYS + 2}}{about[0]}".rstrip()
    return "\n".join([first, *(indent + line for line in about[1:])])


def _choices(groups: Sequence[str]) -> str:
    lines = []
    for group in groups:
        names = textwrap.wrap(", ".join(choices(group)), _WIDTH - 16)
        lines.append(f"  {group:<13} {names[0] if names else ''}")
        lines += [" " * 16 + line for line in names[1:]]
    return "\n".join(lines)
