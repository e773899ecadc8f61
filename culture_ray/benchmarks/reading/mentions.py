"""Mentions of the values of a closed set in a text: letters of options, words of labels."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from culture_ray.benchmarks.reading.altered import unaltered
from culture_ray.benchmarks.reading.clean import BESIDE, UNSPACED, clean_text, without_emphasis
from culture_ray.benchmarks.reading.lone_letters import stands_for_option
from culture_ray.benchmarks.reading.words.alphabets import letter_places
from culture_ray.judging.vocabulary import NOTHING


@dataclass(frozen=True)
class Mention:
    """One value named in a text."""

    start: int
    end: int
    place: int | None
    """Index of the value; None for a letter that could be two of them."""
    by_letter: bool


@dataclass(frozen=True)
class ClosedSet:
    """Values to choose from, each with the words that name it, and letters if they had some."""

    words: tuple[tuple[str, ...], ...]
    """Per value: its text, and other words for it."""
    letters: tuple[str, ...] = ()

    def mentions(self, text: str) -> list[Mention]:
        """Return the values that a clean text names, in order; longer words before those in them.

        A letter that is part of a word, or that is a word of the sentence ("A city", "I think"),
        names nothing.
        """
        found: list[Mention] = []
        for place, pattern in self._patterns:
            for match in pattern.finditer(text):
                free = all(match.end() <= one.start or one.end <= match.start() for one in found)
                if free and not _NO_NOUN.match(text, match.start()):
                    found.append(Mention(match.start(), match.end(), place, False))
        found = unaltered(text, found, is_label=not self.letters)
        for match in self._letters.finditer(text):
            inside = any(one.start <= match.start() < one.end for one in found)
            if not inside and stands_for_option(text, match):
                letter = self._places[match[0].upper()]
                found.append(Mention(match.start(), match.end(), letter, True))
        return sorted(found, key=lambda mention: mention.start)

    def letter_at(self, text: str, position: int = 0) -> Mention | None:
        """Return the letter that stands at a position of a text, whatever follows it."""
        match = self._letters.match(text, position)
        if match is None:
            return None
        return Mention(match.start(), match.end(), self._places[match[0].upper()], True)

    @cached_property
    def _patterns(self) -> list[tuple[int, re.Pattern[str]]]:
        pairs = [
            (place, plain)
            for place, names in enumerate(self.words)
            for name in names
            if (plain := _plain(name))
        ]
        # Two values with the same words cannot be told apart by them.
        folded = [(place, name.casefold()) for place, name in pairs]
        doubtful = {a for (i, a), (_, name) in zip(pairs, folded, strict=True)
                    if any(i != j and name == other for j, other in folded)}  # fmt: skip
        ordered = sorted(pairs, key=lambda pair: -len(pair[1]))
        return [(i, _pattern(name)) for i, name in ordered if name not in doubtful]

    @property
    def _places(self) -> Mapping[str, int | None]:
        return _letters_of(self.letters)[0]

    @property
    def _letters(self) -> re.Pattern[str]:
        return _letters_of(self.letters)[1]


@lru_cache(maxsize=64)
def _letters_of(letters: tuple[str, ...]) -> tuple[Mapping[str, int | None], re.Pattern[str]]:
    """Return the option of each letter, and the pattern of a letter that stands alone."""
    if not letters:
        return {}, re.compile(NOTHING)
    places = letter_places(letters)
    names = sorted(places, key=len, reverse=True)
    small = [name.lower() for name in names if name.lower() != name]
    either = "|".join(map(re.escape, [*names, *small]))
    return places, re.compile(rf"(?<!{BESIDE})(?:{either})(?!{BESIDE})(?![.,]\d)")


def word_pattern(name: str) -> str:
    """Return the pattern of a value's text, whatever white space is in it."""
    return r"\s+".join(map(re.escape, _plain(name).split()))


def plain_words(names: Sequence[str]) -> tuple[str, ...]:
    """Return words as they are matched, without those that have no letter or digit."""
    return tuple(plain for name in names if (plain := _plain(name)))


def _plain(name: str) -> str:
    return without_emphasis(clean_text(name)).strip(" .。!।،,;:\"'“”«»")


def _pattern(name: str) -> re.Pattern[str]:
    inner = word_pattern(name)
    before = rf"(?<!{BESIDE})" if _bounded(name[0]) else ""
    after = rf"(?!{BESIDE})" if _bounded(name[-1]) else ""
    if len(name) == 1 and not before:  # 是 is part of most sentences, 예 of many words
        before = rf"(?:(?<![{UNSPACED}])|(?<=[是为為选選很都]))"
        after = rf"(?:(?![{UNSPACED}])|(?=[的了だで입이]))"
    if name[0].isdigit():
        before += r"(?<!\d[.,])(?<![-−])"
    if name[-1].isdigit():
        after += r"(?![.,]\d)(?!\s*[%°])"
    return re.compile(before + inner + after, re.IGNORECASE)


def _bounded(character: str) -> bool:
    """Return True if a word with this character at its edge ends where letters end."""
    return re.match(BESIDE, character) is not None


_NO_NOUN = re.compile(
    r"no\s+(?:idea|clue|comment|opinion|preference|answer|response|information|way|doubt|rule|one)"
    r"\b",
    re.IGNORECASE,
)
"""Phrases in which "no" is no answer."""
