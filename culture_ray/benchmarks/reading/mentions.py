"""Mentions of the values of a closed set in a text: letters of options, words of labels."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from culture_ray.benchmarks.reading.alphabets import LIKE_WORDS, letter_places
from culture_ray.benchmarks.reading.answer_words import ANSWER, NOT, OR, RIGHT
from culture_ray.benchmarks.reading.clean import UNSPACED, clean_text, without_emphasis
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
                if all(match.end() <= one.start or one.end <= match.start() for one in found):
                    found.append(Mention(match.start(), match.end(), place, False))
        for match in self._letters.finditer(text):
            inside = any(one.start <= match.start() < one.end for one in found)
            if not inside and self._is_letter(text, match):
                letter = self._places[match[0].upper()]
                found.append(Mention(match.start(), match.end(), letter, True))
        return sorted(found, key=lambda mention: mention.start)

    def letter_at(self, text: str, position: int = 0) -> Mention | None:
        """Return the letter that stands at a position of a text, whatever follows it."""
        match = self._letters.match(text, position)
        if match is None:
            return None
        return Mention(match.start(), match.end(), self._places[match[0].upper()], True)

    def _is_letter(self, text: str, match: re.Match[str]) -> bool:
        letter, before, after = match[0], text[: match.start()], text[match.end() :]
        if _unspaced(letter) and (
            (_unspaced(before[-1:]) and not _LEADS.search(before))
            or (_unspaced(after[:1]) and not _FOLLOWS.match(after))
        ):
            return False
        if _NAMED_SO.search(before):
            return False
        enclosed = re.match(r"\s*[)\].:،。、]|'?\s*$", after) is not None
        if letter != letter.upper():  # small letters only where brackets or the end close them
            led = before.rstrip("'\" ")
            at_end = not re.search(r"\w", after) and _STATES.search(before) is not None
            return enclosed and (not led or led[-1] in "([:：\n" or at_end)
        if letter in LIKE_WORDS or not letter.isalpha():
            names = _AND_LETTER.match(after) or _COPULA.match(after)
            return enclosed or names is not None or not _WORD.match(after)
        return True

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
    return places, re.compile(rf"(?<!{_BESIDE})(?:{either})(?!{_BESIDE})(?![.,]\d)")


def negated(text: str, mention: Mention) -> bool:
    """Return True if a negation stands before a value in its clause ("not B", "isn't safe")."""
    clause = _CLAUSE_END.split(text[: mention.start])[-1]
    return _NOT.search(clause[-_NEAR:]) is not None


def plain_words(names: Sequence[str]) -> tuple[str, ...]:
    """Return words as they are matched, without those that have no letter or digit."""
    return tuple(plain for name in names if (plain := _plain(name)))


def _plain(name: str) -> str:
    return without_emphasis(clean_text(name)).strip(" .。!।،,;:\"'“”«»")


def _pattern(name: str) -> re.Pattern[str]:
    inner = r"\s+".join(map(re.escape, name.split()))
    before = rf"(?<!{_BESIDE})" if _bounded(name[0]) else ""
    after = rf"(?!{_BESIDE})" if _bounded(name[-1]) else ""
    if name[0].isdigit():
        before += r"(?<!\d[.,])(?<![-−])"
    if name[-1].isdigit():
        after += r"(?![.,]\d)(?!\s*[%°])"
    return re.compile(before + inner + after, re.IGNORECASE)


def _unspaced(character: str) -> bool:
    return re.match(f"[{UNSPACED}]", character) is not None


def _bounded(character: str) -> bool:
    """Return True if a word with this character at its edge ends where letters end."""
    return re.match(_BESIDE, character) is not None


_BESIDE = rf"[^\W{UNSPACED}]"
"""A letter or digit that makes its neighbour part of a word."""
_WORD = re.compile(r"\s+[^\W\d_]|'\w")
_AND_LETTER = re.compile(rf"\s+{OR}\s+[^\W\d_](?!\w)", re.IGNORECASE)
_COPULA = re.compile(r"\s+(?:is|was|ist|er|es|est|é|è|är)\s", re.IGNORECASE)
_STATES = re.compile(
    rf"(?:{ANSWER}|{RIGHT}|\b(?:is|er|ist|es|est|é|è|är|option))\W{{0,3}}$", re.IGNORECASE
)
_LEADS = re.compile(
    "(?:是|选|選|为|為|项|項|或|和|与|は|が|を|か|と|案|คือ|ข้อ|ตอบ|เลือก|หรือ|และ|답은|번은)$"
)
"""Words without a space before a letter that they announce."""
_FOLLOWS = re.compile(
    "입니다|이다|이|가|을|를|번|です|だ|が|を|は|と|项|項|选|是|正|ครับ|ค่ะ|และ|หรือ|或|和"
)
"""Words without a space after a letter that stands for an option."""
_NAMED_SO = re.compile(
    r"(?:vitamine?n?|hepatitis|plan|type|grade|group|class|figure|appendix|section|phase|stage)\s$",
    re.IGNORECASE,
)
"""Nouns of which a letter is part of the name: vitamin C, plan B."""
_NEAR = 40
"""Most characters between a negation and the value that it denies."""
_NOT = re.compile(NOT, re.IGNORECASE)
_CLAUSE_END = re.compile(r"[,;:.!?。，、；：！？\n]|\b(?:but|sondern|sino)\b")
