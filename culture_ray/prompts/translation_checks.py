"""Checks on a text that a model made from another one: what is kept, what is left, what it says."""

from __future__ import annotations

import re
from collections.abc import Callable

from culture_ray.errors import BadPrompts
from culture_ray.prompts.text_checks import check_braces, check_readable
from culture_ray.prompts.text_entries import slots_of

Detect = Callable[[str], str | None]
"""From a text to the code of its language, None where that cannot be told."""


def text_problem(source: str, made: str) -> str | None:
    """Return why a text cannot stand in a language file, None when it can.

    It has to be readable and hold the placeholders of its source and no other brace.
    """
    try:
        check_readable("it", made)
        check_braces("it", made, slots_of(source))
    except BadPrompts as problem:
        return str(problem).removeprefix("it: ")
    return None


def format_problem(source: str, made: str) -> str | None:
    """Return what is different in the numbers, the line breaks, or the colon at the end."""
    asked, found = _numbers(source), _numbers(made)
    if asked != found:
        return f"numbers {', '.join(found) or 'none'} in place of {', '.join(asked) or 'none'}"
    lines = len(source.strip().splitlines()), len(made.strip().splitlines())
    if lines[0] != lines[1]:
        return f"{lines[1]} lines in place of {lines[0]}"
    if source.rstrip().endswith(":") and not made.rstrip().endswith((":", "：")):
        return "no colon at the end"
    return None


def language_problem(made: str, target: str, detect: Detect) -> str | None:
    """Return what is wrong with the language of a text; too short a text is given the doubt."""
    found = detect(_plain(made))
    return None if found in {None, target} else f"detected as {found}, not {target}"


def untranslated_part(source: str, made: str, source_code: str, detect: Detect) -> str | None:
    """Return the first words of a translation that are still in the source's language.

    These are a text that is the same, four words in a row that the source has too, or a sentence
    that is detected as the source's language.
    """
    words, again = _words(source), _words(made)
    if words and words == again:
        return "the same words as the source"
    runs = {tuple(words[i : i + _RUN]) for i in range(len(words) - _RUN + 1)}
    for i in range(len(again) - _RUN + 1):
        if tuple(again[i : i + _RUN]) in runs:
            return f"left as it was: '{' '.join(again[i : i + _RUN])}'"
    for sentence in re.split(r"[\n.?!:;]+", _plain(made)):
        if len(sentence.split()) >= _RUN and detect(sentence) == source_code:
            return f"in {source_code}: '{sentence.strip()}'"
    return None


_RUN = 4
"""So many words in a row are no accident."""


def _plain(text: str) -> str:
    return re.sub(r"\{\w+\}", " ", text)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", _plain(text).casefold())


def _numbers(text: str) -> list[str]:
    return sorted(re.findall(r"\d+", text))
