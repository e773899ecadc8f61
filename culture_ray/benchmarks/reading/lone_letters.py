"""Letters that stand alone in a text: names of options, words, or parts of names."""

from __future__ import annotations

import re

from culture_ray.benchmarks.reading.clean import UNSPACED
from culture_ray.benchmarks.reading.words.alphabets import LIKE_WORDS
from culture_ray.benchmarks.reading.words.answer_words import ANSWER, OR, RIGHT


def stands_for_option(text: str, match: re.Match[str]) -> bool:
    """Return True if a letter that stands alone in a text names an option.

    It names none as a word of the sentence ("A city", "I think"), as part of a name ("vitamin C",
    "N/A", "D-Day") or elided ("c'est"), and a small one only where brackets or the end close it.
    """
    letter, before, after = match[0], text[: match.start()], text[match.end() :]
    if _unspaced(letter) and (
        (_unspaced(before[-1:]) and not _LEADS.search(before))
        or (_unspaced(after[:1]) and not _FOLLOWS.match(after))
    ):
        return False
    if _NAME_BEFORE.search(before) or _NAME_AFTER.match(after):
        return False
    enclosed = re.match(r"\s*[)\].:،。、]|'?\s*$", after) is not None
    if letter != letter.upper():
        led = before.rstrip("'\" ")
        at_end = not re.search(r"\w", after) and _STATES.search(before) is not None
        return enclosed and (not led or led[-1] in "([:：\n" or at_end)
    if letter in LIKE_WORDS or not letter.isalpha():
        names = _AND_LETTER.match(after) or _COPULA.match(after)
        return enclosed or names is not None or not _begins_word(after)
    return True


def _begins_word(after: str) -> bool:
    """Return True if a word of the sentence follows; another letter alone is none ("A B")."""
    match = _WORD.match(after)
    return match is not None and not (len(match[1] or "") == 1 and match[1].isupper())


def _unspaced(character: str) -> bool:
    return re.match(f"[{UNSPACED}]", character) is not None


_WORD = re.compile(r"\s+([^\W\d_]+)|'\w")
_AND_LETTER = re.compile(rf"\s+{OR}\s+(?:\w+\s+)?[^\W\d_](?!\w)", re.IGNORECASE)
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
_NAME_BEFORE = re.compile(
    r"(?:vitamine?n?|hepatitis|plan|type|grade|group|class|figure|appendix|section|phase|stage)\s$"
    r"|(?<![^\W_])[K-Z][/&]$|[^\W\d_]{2}-$",
    re.IGNORECASE,
)
"""Text before a letter that is part of a name: vitamin C, plan B, N/A, R&B, omega-C."""
_NAME_AFTER = re.compile(r"\+\+|[+#](?!\s*\w)|'[aeiouhàâéèêîôuû]|-(?=[^\W\d_]{2})", re.IGNORECASE)
"""Text after a letter that is part of a name or is elided: C++, C#, D-Day, d'accord, c'est."""
