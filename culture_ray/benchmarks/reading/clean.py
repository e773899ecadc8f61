"""Answers without layout: half-width characters, digits 0 to 9, no marks of emphasis."""

from __future__ import annotations

import re
import unicodedata

from culture_ray.judging.lists.plain import plain_lines

_MARKS = re.compile("[\u064b-\u0652\u0670\u0640]")
"""Vowel signs and lengthening of Arabic, which writers leave out as they like."""


UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
"""Characters of scripts that put no spaces between words, and of Korean, whose particles follow
words directly; a range of a regular expression."""


def _marks() -> str:
    """Return the combining marks as ranges of a regular expression."""
    codes = [c for c in range(0x300, 0x3000) if unicodedata.category(chr(c))[0] == "M"]
    starts = [c for c in codes if c - 1 not in codes]
    ends = [c for c in codes if c + 1 not in codes]
    return "".join(f"{chr(a)}-{chr(b)}" for a, b in zip(starts, ends, strict=True))


MARKS = _marks()
r"""Combining marks, such as the vowel signs of Indic scripts, which `\w` leaves out; ranges of a
regular expression."""
BESIDE = rf"(?:[^\W{UNSPACED}]|[{MARKS}])"
"""Pattern of a letter, digit or mark that makes its neighbour part of a word."""

_LOGICAL_NOT = re.compile(r"\\(?:neg|lnot)(?![a-z])\s*|¬")
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]+)\}\s*\{([^{}]+)\}")


def clean_text(text: str) -> str:
    """Return an answer for matching: NFKC, digits of any script as 0 to 9, plain lines.

    Circled and full-width letters become plain ones, and the vowel signs of Arabic are dropped.
    """
    plain = plain_lines(text).replace("{,}", ",").replace("\\,", "")  # LaTeX: 1{,}000 and 1\,000
    plain = _FRACTION.sub(r"\1/\2", plain)
    plain = _LOGICAL_NOT.sub(" not ", plain)
    compatible = unicodedata.normalize("NFKC", plain)
    return _MARKS.sub("", western_digits(compatible)).replace("’", "'").replace("‘", "'")


def western_digits(text: str) -> str:
    """Return the text with the decimal digits of any script as 0 to 9."""
    return re.sub(r"\d", lambda digit: str(int(digit[0])), text)


def without_emphasis(text: str) -> str:
    """Return the text without the marks of Markdown and LaTeX around words, line by line."""
    text = re.sub(r"\\(?:text|textbf|mathrm|mathbf)\{([^{}]*)\}", r"\1", text)
    text = re.sub(r"\$+|(?<!\w)[*_~`]+|[*_~`]+(?!\w)|(?m:^\s*[#>]+\s*)", " ", text)
    return "\n".join(" ".join(line.split()) for line in text.strip().split("\n"))


def sentences(text: str) -> list[str]:
    """Return the sentences and lines of a text in any script that contain a letter or digit.

    A full stop ends a sentence only before white space, so that "B.C." or "3.5" stay whole.
    """
    parts = re.split(r"(?<=[.!?؟।])\s+|\n+|(?<=[。！？])", text)
    return [part for part in parts if re.search(r"\w", part)]
