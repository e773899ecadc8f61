"""Labels of a closed list, and statements that are called true or false."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from culture_ray.benchmarks.reading.closed import chosen
from culture_ray.benchmarks.reading.mentions import ClosedSet
from culture_ray.benchmarks.reading.unread import Unread
from culture_ray.benchmarks.reading.words.truth_words import truth_words
from culture_ray.survey.language_tags import nearest_code

WordsByLanguage = Mapping[str, Sequence[str]]


def read_label(
    text: str, labels: Mapping[str, WordsByLanguage], languages: Sequence[str]
) -> str | Unread:
    """Return the label that an answer gives; `labels` hold the words of each by language.

    The words of these languages count, such as the prompt's and the item's, those of English, and
    the labels' own names. "Unsafe" is no mention of "safe", and "not safe" is none of either.
    """
    names = list(labels)
    words = tuple(_words(name, labels[name], languages) for name in names)
    found = chosen(text, _closed_set(words))
    return found if isinstance(found, Unread) else names[found]


def read_statement(
    text: str, labels: Mapping[str, WordsByLanguage], languages: Sequence[str]
) -> bool | Unread:
    """Return True if an answer calls a statement true; `labels` has the words asked for.

    Beside those that were asked for, the usual words for true and false of these languages and of
    English are read.
    """
    words = []
    for place, name in enumerate(("true", "false")):
        usual = (word for code in languages for word in truth_words(code)[place])
        asked = _words(name, labels.get(name, {}), languages)
        words.append(tuple(dict.fromkeys([*asked, *usual])))
    found = chosen(text, _closed_set(tuple(words)))
    return found if isinstance(found, Unread) else found == 0


@lru_cache(maxsize=256)
def _closed_set(words: tuple[tuple[str, ...], ...]) -> ClosedSet:
    """Return a closed set, with its patterns compiled once for all answers."""
    return ClosedSet(words)


def _words(name: str, words: WordsByLanguage, languages: Sequence[str]) -> tuple[str, ...]:
    codes = dict.fromkeys(nearest_code(code, words) for code in (*languages, "en"))
    found = [word for code in codes if code is not None for word in words[code]]
    return tuple(dict.fromkeys([*found, name]))
