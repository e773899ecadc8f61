"""Numerals that number the items of lists, in any script: 1, ١, १, 一, ①, ⅳ, (3), 🔟."""

from __future__ import annotations

import unicodedata

_DIGITS_OF_CJK = (
    "〇零", "一壹", "二贰貳两兩", "三叁參", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖",
)  # fmt: skip
_CJK = {sign: value for value, signs in enumerate(_DIGITS_OF_CJK) for sign in signs}
_TEN = "十拾"
_KEYCAP_TEN = "\U0001f51f"
_LARGEST = 50
"""Largest number that one character stands for in a list."""


def _single() -> dict[str, int]:
    """Return the characters that are whole numbers by themselves: circled, Roman, Ethiopic."""
    found = {_KEYCAP_TEN: 10}
    blocks = ((0x1369, 0x1373), (0x2160, 0x2180), (0x2460, 0x249C), (0x24EB, 0x2500),
              (0x2776, 0x2794), (0x3220, 0x322A), (0x3251, 0x3260), (0x3280, 0x328A),
              (0x32B1, 0x32C0), (0x10A40, 0x10A44))  # fmt: skip
    for first, end in blocks:
        for character in map(chr, range(first, end)):
            number = unicodedata.numeric(character, 0.0)
            if number.is_integer() and 1 <= number <= _LARGEST:
                found[character] = int(number)
    return found


SINGLE = _single()
"""Characters that mark an item by themselves, with their values."""

DIGITS = r"\d{1,2}"
"""Regular expression of a number in the decimal digits of any script."""
CJK = f"[{''.join(_CJK)}{_TEN}]{{1,3}}"
"""Regular expression of a Chinese or Japanese numeral up to 99."""
ENCLOSED = f"[{''.join(SINGLE)}]"
"""Regular expression of a character that is a number by itself."""
AND = "[和与與及跟とや와과및]"
"""Characters that join two numbers, in languages that put no space before them."""
ANY = f"(?:{DIGITS}|{CJK}|{ENCLOSED})"
"""Regular expression of any of these."""


def value_of(numeral: str) -> int | None:
    """Return the value of a numeral; None if its characters do not form one."""
    if numeral in SINGLE:
        return SINGLE[numeral]
    if numeral.isdecimal():
        return int(numeral)
    if len(numeral) == 1 and numeral in _CJK:
        return _CJK[numeral]
    tens, ten, ones = _parted(numeral)
    if not ten or len(tens) > 1 or len(ones) > 1 or not set(tens + ones) <= set(_CJK):
        return None
    return 10 * (_CJK[tens] if tens else 1) + (_CJK[ones] if ones else 0)


def _parted(numeral: str) -> tuple[str, str, str]:
    place = next((i for i, c in enumerate(numeral) if c in _TEN), None)
    if place is None:
        return numeral, "", ""
    return numeral[:place], numeral[place], numeral[place + 1 :]
