"""Help texts, generated from the descriptions of the verbs and the conf tree."""

from __future__ import annotations

import textwrap

from culture_ray.cli.catalogue import VERBS
from culture_ray.config.files import choices, groups
from culture_ray.errors import ExitCode, UnknownName

_WIDTH = 80


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

`culture-ray VERB --help` describes a verb and lists the available choices.
exit codes:
{codes}"""


def verb_help(name: str) -> str:
    """Return the text of `culture-ray VERB --help`. Raises UnknownName."""
    if name not in VERBS:
        raise UnknownName("verb", name, VERBS)
    verb = VERBS[name]
    examples = "\n".join(f"{_wrapped(command)}\n      {about}" for command, about in verb.examples)
    return f"""\
usage: culture-ray {name} [KEY=VALUE ...]

{textwrap.fill(verb.description, _WIDTH, break_on_hyphens=False)}

examples:
{examples}

choices (use a list for several: 'model=[a,b]'):
{_choices()}

any setting can be overridden: seed=2, design.prompts_per_language=100,
protocol.hypothetical_interviews.sampling.temperature=0.2"""


def _wrapped(command: str) -> str:
    """Return a command wrapped with backslashes, so that it can be pasted into a shell."""
    lines = textwrap.wrap(command, _WIDTH - 8, break_long_words=False, break_on_hyphens=False)
    return "  " + " \\\n    ".join(lines)


def _choices() -> str:
    lines = []
    for group in groups():
        names = textwrap.wrap(", ".join(choices(group)), _WIDTH - 16)
        lines.append(f"  {group:<13} {names[0] if names else ''}")
        lines += [" " * 16 + line for line in names[1:]]
    return "\n".join(lines)
