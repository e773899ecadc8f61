"""Letters with which options are named, in the alphabets of many scripts."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

_ALPHABETS = (
    *("ABCDEFGHIJ", "АБВГДЕЖЗИК", "ΑΒΓΔΕΖΗΘΙΚ", "אבגדהוזחטי", "ابجدهوزحطي"),
    *("कखगघङ", "কখগঘঙ", "ਕਖਗਘਙ", "કખગઘઙ", "அஆஇஈஉ", "అఆఇఈఉ", "ಅಆಇಈಉ", "അആഇഈഉ", "අආඇඈඉ"),
    *(
        "अबसद",
        "กขคงจ",
        "ກຂຄງຈ",
        "កខគឃង",
        "ကခဂဃင",
        "აბგდე",
        "ԱԲԳԴԵ",
        "ሀለሐመሠ",
        "甲乙丙丁戊己庚辛壬癸",
    ),
    *("アイウエオカキクケコ", "가나다라마바사아자차", "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊ"),
)
"""Letters in the order in which lists count with them, one string per custom."""
_LOOKS_LATIN = {"А": "A", "В": "B", "С": "C", "Е": "E", "Α": "A", "Β": "B", "Ε": "E", "Ι": "I"}
"""Cyrillic and Greek letters that look like Latin ones, which writers type for them."""
_NAMES = {"الف": "ا", "أ": "ا", "إ": "ا", "آ": "ا", "ی": "ي", "ھ": "ه", "ہ": "ه"}
"""Names and forms of letters that stand for the letter."""


def letter_places(letters: Sequence[str]) -> Mapping[str, int | None]:
    """Return the option that each letter names, by upper-case letter; None if it names two.

    The letters that were put come first, exactly. A letter of another alphabet names the option at
    its place in that alphabet (ب for B), but none where a look-alike has another place: В is the
    third letter in Russian and looks like the second in English.
    """
    own = {letter.upper(): place for place, letter in enumerate(letters)}
    if any(not letter.isalpha() for letter in letters):
        return own
    found: dict[str, set[int]] = {}
    for alphabet in _ALPHABETS:
        for place, letter in enumerate(alphabet[: len(letters)]):
            # As clean texts have them: ㄴ alone is another character in its compatible form.
            found.setdefault(unicodedata.normalize("NFKC", letter), set()).add(place)
    for letter, latin in _LOOKS_LATIN.items():
        if latin in own:
            found.setdefault(letter, set()).add(own[latin])
        elif letter in found and latin in _ALPHABETS[0]:
            found[letter] = {*found[letter], -1}
    for name, letter in _NAMES.items():
        if letter in found:
            found.setdefault(name, set()).update(found[letter])
    others = {
        letter: next(iter(places)) if len(places) == 1 and -1 not in places else None
        for letter, places in found.items()
    }
    return others | own


LIKE_WORDS = frozenset("AEIOUYÀÉАВИКОСУЯІЄΗΟواמש나이가")
"""Letters that are words of their own in some language: "A city", "И так", "Η πόλη"."""
