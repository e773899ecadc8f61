"""Choice among lettered options in a text: "B", "Answer: B", "Quite a lot.", "I would say 7."."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from culture_ray.judging.vocabulary import NOTHING, alternation
from culture_ray.prompts.phrases import Phrases

_LATIN = "[A-Za-z0-9À-ɏ_'’]"
"""Characters that make a neighbouring letter part of a word; those of other scripts do not."""
_ENDS = r"(?=\W*$|\s*[^\w\s]|\s*\n)"
"""Pattern after an option's text that stands for the option: punctuation, or the end."""
_WITHIN = r"(?![^\W_])"
"""Pattern after any mention of an option's text: no letter."""


def chosen_option(
    text: str, letters: Sequence[str], texts: Sequence[str], phrases: Phrases | None = None
) -> int | None:
    """Return the index of the option that a text chooses; None if it chooses none or several.

    An option is named by its letter, by its whole text, or, where every option starts with a number
    as on scales from 1 to 10, by that number in the digits of any script. A letter alone at the
    start is the choice. Otherwise the text names one option, or its last sentence does. "7-8",
    "7 or 8", "7.5" and "A or B" choose nothing. `phrases` of the language add number words, words
    such as "out of" and beginnings of refusals.
    """
    options = _Options(tuple(letters), tuple(map(_plain, texts)), phrases or Phrases())
    answer = _plain(_unwrapped(_half_width(text)))
    if (first := _letter_at_start(answer, options)) is not None:
        return first
    if options.refusal.match(answer):
        answer = answer.rpartition(":")[2] if ":" in answer else ""
    for part in (answer, _last_sentence(answer)):
        named = set(_named(part, options))
        if len(named) == 1 and None not in named:
            return named.pop()
    return None


@dataclass(frozen=True)
class _Options:
    letters: tuple[str, ...]
    texts: tuple[str, ...]
    phrases: Phrases

    @property
    def numbers(self) -> tuple[int, ...]:
        """Number that each option starts with; empty unless all do."""
        found = [re.match(r"\d+", text) for text in self.texts]
        return tuple(int(match[0]) for match in found if match) if all(found) else ()

    @property
    def refusal(self) -> re.Pattern[str]:
        """Pattern of the beginning of a refusal."""
        return re.compile(alternation(self.phrases.refusals), re.IGNORECASE)


def _letter_at_start(answer: str, options: _Options) -> int | None:
    """Return the option whose letter stands alone at the start, unless another's text follows."""
    found = re.match(r"\W*([A-Z])(?:\W*$|[.):,、。，]\s*|\s*\n\s*|\s+[-–—]\s*)", answer)
    small = re.fullmatch(r"\W*([a-z])\W*", answer)
    letter = found[1] if found else small[1].upper() if small else None
    if letter not in options.letters:
        return None
    place = options.letters.index(letter)
    follows = (
        re.match(rf"(?:{_joined(options.letters)})(?!\w)", answer[found.end() :]) if found else None
    )
    others = set(_texts_in(answer[found.end() :], options)) if found else set()
    return None if follows or (others and place not in others and _short(answer)) else place


def _named(part: str, options: _Options) -> Iterator[int | None]:
    """Yield the options that a part of an answer names; None for values between options."""
    if _texts_in(part, options):
        yield from _texts_in(part, options, _WITHIN)
    for match in re.finditer(rf"(?<!{_LATIN})([A-Z])(?!{_LATIN})", part):
        if match[1] in options.letters and _stands_for_option(part, match, options.letters):
            yield options.letters.index(match[1])
    numbers = options.numbers
    for number in _numbers_in(part, options) if numbers else ():
        if number in numbers:
            yield numbers.index(number)
        elif number is None:
            yield None


def _stands_for_option(part: str, match: re.Match[str], letters: Sequence[str]) -> bool:
    """Return True unless the letter is a word of its sentence, such as "A", "I", "E" or "O"."""
    before, after = part[: match.start()], part[match.end() :]
    if re.match(rf"\s+[^\W\d_]{{1,5}}\s+(?:{_joined(letters)})(?!{_LATIN})", after):
        return True  # "A or B"
    if not re.match(r"\s+\w", after):
        return True
    begins = re.search(r"(?:^|[.!?\n])\W*$", before) is not None
    return match[1] not in "AEIOUY" or (match[1] != "I" and not begins)


def _texts_in(part: str, options: _Options, then: str = _ENDS) -> list[int]:
    """Return the options whose whole text is in `part`, followed by `then`, in order.

    A text within a longer one ("agree" in "agree strongly") does not count.
    """
    found: list[tuple[int, int, int]] = []
    order = sorted(enumerate(options.texts), key=lambda option: -len(option[1]))
    for place, text in order:
        if not any(map(str.isalpha, text)):
            continue
        pattern = rf"(?<![^\W_]){re.escape(text)}{then}"
        for match in re.finditer(pattern, part, re.IGNORECASE):
            if all(match.end() <= start or end <= match.start() for start, end, _ in found):
                found.append((match.start(), match.end(), place))
    return [place for _, _, place in sorted(found)]


def _numbers_in(part: str, options: _Options) -> Iterator[int | None]:
    """Yield the whole numbers of a part; None for ranges and fractions. The scale is no number."""
    low, high = min(options.numbers), max(options.numbers)
    part = re.sub(
        rf"(?<!\d){low}\s*(?:[-–—~～]|\s[^\W\d]{{1,5}}\s|[^\W\da-z]{{1,3}})\s*{high}(?!\d)",
        " ",
        part,
    )
    total = alternation(options.phrases.out_of)
    part = re.sub(rf"(?<=\d)\s*(?:/|\s(?:out of|of|{total})\s)\s*{high}(?!\d)", " ", part)
    joined = re.search(r"\d\s*(?:[-–—~～]\s*\d|[.,٫]\d|\s[^\W\d]{1,5}\s+\d)", part)
    if joined:
        yield None
        return
    for match in re.finditer(r"(?<!\d)\d{1,4}(?!\d)", part):
        yield int(match[0])
    word = re.sub(r"[\W\d_]+", "", part).casefold()
    if word in options.phrases.numbers:
        yield options.phrases.numbers[word]


def _half_width(text: str) -> str:
    """Return the text with letters and punctuation in half width and digits as 0 to 9."""
    text = "".join(
        unicodedata.normalize("NFKC", c) if "\uff01" <= c <= "\uff5e" else c for c in text
    )
    return re.sub(r"\d", lambda digit: str(int(digit[0])), text)


def _unwrapped(text: str) -> str:
    r"""Return the content of `\boxed{...}` or the last value of a JSON object, else the text."""
    boxed = re.findall(r"\\boxed\{(?:\\\w+\{)?([^{}]*)\}", text)
    if boxed:
        return str(boxed[-1])
    inner = re.search(r"\{[^{}]*\}", text)
    try:
        values = list(json.loads(inner[0]).values()) if inner else []
    except ValueError:
        return text
    return str(values[-1]) if values and isinstance(values[-1], str | int) else text


def _last_sentence(answer: str) -> str:
    parts = [
        p
        for p in re.split(r"(?<=[.!?。！？।])\s+|\n+|(?<=[。！？])", answer)
        if re.search(r"\w", p)
    ]
    return parts[-1] if parts else ""


def _plain(text: str) -> str:
    return "\n".join(
        " ".join(re.sub(r"[*_`]", " ", line).split()) for line in text.strip().split("\n")
    )


def _joined(letters: Sequence[str]) -> str:
    return "|".join(map(re.escape, letters)) or NOTHING


def _short(answer: str) -> bool:
    return len(answer) < 80
