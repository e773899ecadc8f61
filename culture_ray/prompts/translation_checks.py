"""Checks of a model's translation or variation of a text: placeholders, format, language."""

from __future__ import annotations

import re
from collections.abc import Callable

from culture_ray.errors import BadPrompts
from culture_ray.prompts.text_checks import check_braces, check_readable
from culture_ray.prompts.text_entries import slots_of
from culture_ray.survey.language_tags import language_of

Detect = Callable[[str], str | None]
"""Function that returns the language code of a text, None if it cannot be detected."""


def text_problem(source: str, made: str) -> str | None:
    """Return the reason why a text cannot be put in a language file, None if it can.

    It must be readable and have the placeholders of its source and no other braces.
    """
    try:
        check_readable("it", made)
        check_braces("it", made, slots_of(source))
    except BadPrompts as problem:
        return str(problem).removeprefix("it: ")
    return None


def format_problem(source: str, made: str) -> str | None:
    """Return a difference in numbers, line breaks or the final colon, None if there is none."""
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
    """Return a mismatch of the detected language, None if it matches or cannot be detected."""
    found = detect(_plain(made))
    if found is None or language_of(found) == language_of(target):
        return None
    return f"detected as {found}, not {target}"


def untranslated_part(source: str, made: str, source_code: str, detect: Detect) -> str | None:
    """Return the first part of a translation that is still in the source's language.

    That is an unchanged text, a run of four words from the source, or a sentence that is detected
    as the source's language.
    """
    words, again = _words(source), _words(made)
    if words and words == again:
        return "the same words as the source"
    runs = {tuple(words[i : i + _RUN]) for i in range(len(words) - _RUN + 1)}
    for i in range(len(again) - _RUN + 1):
        if tuple(again[i : i + _RUN]) in runs:
            return f"left untranslated: '{' '.join(again[i : i + _RUN])}'"
    for sentence in re.split(r"[\n.?!:;]+", _plain(made)):
        if len(sentence.split()) >= _RUN and _same(detect(sentence), source_code):
            return f"in {source_code}: '{sentence.strip()}'"
    return None


def _same(found: str | None, code: str) -> bool:
    return found is not None and language_of(found) == language_of(code)


_RUN = 4
"""Number of consecutive words that do not match by chance."""


def _plain(text: str) -> str:
    return re.sub(r"\{\w+\}", " ", text)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", _plain(text).casefold())


def _numbers(text: str) -> list[str]:
    return sorted(re.findall(r"\d+", text))
