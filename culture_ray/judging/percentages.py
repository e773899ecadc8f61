"""Percentages that a text states for options, in any script: "A: 20 %", "B - ٣٠٪", {"C": 0.5}."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence

from culture_ray.judging.vocabulary import alternation
from culture_ray.prompts.phrases import Phrases

ROUNDING = 1.0
"""Percentage points by which the sum of rounded percentages may differ from 100."""

_NUMBER = r"\d+(?:[.,]\d+)?"


def stated_shares(
    text: str, labels: Sequence[str], texts: Sequence[str], phrases: Phrases | None = None
) -> list[float] | None:
    """Return the share of each option (K,) that a text states; None if it cannot be read.

    A line, or an entry of a list or of a JSON object, names one option by its label or its whole
    text and states one number. Percentages sum to 100 within `ROUNDING`, fractions to 1 within a
    hundredth of it, and are divided by their sum; options that are not named have 0. Ranges,
    numbers below 0, an option with two numbers and figures that do not add up cannot be read.
    `labels` may be empty; `phrases` of the language add words for percent.
    """
    names = [_folded(label) for label in labels] or [""] * len(texts)
    options = list(zip(names, map(_folded, texts), strict=True))
    words = alternation((phrases or Phrases()).percent)
    plain = re.sub(rf"(?<=\d)\s*(?:{words})", "%", _plain(text), flags=re.IGNORECASE)
    found: dict[int, float] = {}
    for part in map(_number_last, _parts(plain)):
        place, rest = _option(part, options)
        if place is None or not re.search(r"\d", rest):
            continue
        share = _number(rest)
        if share is None or found.setdefault(place, share) != share:
            return None
    total = sum(found.values())
    for whole in (100.0, 1.0):
        if abs(total - whole) <= ROUNDING * whole / 100 + 1e-9:
            return [found.get(place, 0.0) / total for place in range(len(texts))]
    return None


def _parts(text: str) -> Iterator[str]:
    """Yield the entries of a JSON object, or else the lines of a text and the entries in them."""
    inner = re.search(r"\{[^{}]*\}", text)
    try:
        entries = json.loads(inner[0]) if inner else {}
    except ValueError:
        entries = {}
    if entries:
        yield from (_folded(f"{name}: {value}") for name, value in entries.items())
        return
    # A comma within an option's text ends no entry; one after a number does.
    for line in text.split("\n"):
        yield from map(_folded, re.split(r";|(?<=[\d%])\s*[,、](?!\d)", line))


def _number_last(part: str) -> str:
    """Return an entry such as "20% A" as "A 20%"."""
    first = re.match(rf"\W*({_NUMBER}\s*%)\W*(\w.*)", part)
    return f"{first[2]} {first[1]}" if first else part


def _option(part: str, options: Sequence[tuple[str, str]]) -> tuple[int | None, str]:
    """Return the option that an entry names, if it is one, and the entry without its name."""
    place, rest = None, part
    for index, (label, _) in enumerate(options):
        stands = rf"[^\w%]*{re.escape(label)}(?=\s*[^\w\s%]|\s+\d|$)"
        if label and (match := re.match(stands, part)):
            place, rest = index, part[match.end() :]
    # "agree" within "agree strongly" names the longer one; texts that are apart name several.
    for index in sorted(range(len(options)), key=lambda at: -len(options[at][1])):
        said = options[index][1]
        if re.search(rf"(?<![^\W_]){re.escape(said)}(?![^\W_])", rest):
            if place not in (None, index):
                return None, part
            place, rest = index, rest.replace(said, " ", 1)
    return place, rest


def _number(rest: str) -> float | None:
    """Return the one number of an entry without its option; None for a range, or one below 0."""
    numbers = list(re.finditer(rf"{_NUMBER}(?=\s*%)", rest)) or list(re.finditer(_NUMBER, rest))
    if len(numbers) != 1:
        return None
    before, after = rest[: numbers[0].start()], rest[numbers[0].end() :]
    ranged = re.search(r"\d\s*%?\s*(?:[-–—~]|[^\W\d]{1,5})\s*$", before)
    ranged = ranged or re.match(r"\s*%?\s*[-–—~]\s*\d", after)
    below = re.search(r"[:=]\s*[-−<>]\s*$", before)
    return None if ranged or below else float(numbers[0][0].replace(",", "."))


def _plain(text: str) -> str:
    """Return the text in half width with digits 0 to 9, without marks of direction and emphasis."""
    text = unicodedata.normalize("NFKC", text)
    text = "".join(each for each in text if unicodedata.category(each) != "Cf")
    text = text.translate({ord("٪"): "%", ord("٫"): ".", ord("*"): None, ord("`"): None})
    return re.sub(r"\d", lambda digit: str(int(digit[0])), text)


def _folded(text: str) -> str:
    return " ".join(_plain(text).split()).casefold()
