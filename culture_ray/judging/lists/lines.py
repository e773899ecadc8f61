"""Opinions in lines without markers, and the words before and after them."""

from __future__ import annotations

import re
from collections import Counter

from culture_ray.judging.vocabulary import Vocabulary

_FEWEST = 3
"""Fewest lines that are a list; fewer are prose."""


def line_items(text: str, vocabulary: Vocabulary) -> tuple[list[str], str, str]:
    """Return the lines of `text` that may be opinions, the introduction and the closing remarks.

    A first line that ends in a colon introduces; a remark is known by its words or stands in
    brackets. Where one paragraph is a list of lines, the paragraphs around it belong to neither.
    Paragraphs of equally many lines ("Anna, 34" and what she says) are one opinion each, as are
    those between rules ("---").
    """
    parts = [part for part in _RULE.split(text) if _lines(part)]
    if len(parts) >= _FEWEST:
        return ["\n".join(_lines(part)) for part in parts], "", ""
    paragraphs = [_lines(part) for part in re.split(r"\n[ \t]*\n", text)]
    paragraphs = [lines for lines in paragraphs if lines]
    lists = [i for i, lines in enumerate(paragraphs) if len(lines) >= _FEWEST]
    before: list[str] = []
    after: list[str] = []
    if (blocks := _equal_blocks(paragraphs)) is not None:
        first, end = blocks
        entries = ["\n".join(lines) for lines in paragraphs[first:end]]
        return entries, _joined(paragraphs[:first]), _joined(paragraphs[end:])
    lines = [line for part in paragraphs for line in part]
    if len(lists) == 1 and all(
        len(lines) == 1 for i, lines in enumerate(paragraphs) if i not in lists
    ):
        place = lists[0]
        before = [line for part in paragraphs[:place] for line in part]
        after = [line for part in paragraphs[place + 1 :] for line in part]
        lines = paragraphs[place]
    if len(lines) > 1 and re.search(r"[:：]$", lines[0].rstrip(" *_")):
        before, lines = [*before, lines[0]], lines[1:]
    if len(lines) > 1 and (vocabulary.closing.match(lines[-1]) or _BRACKETED.match(lines[-1])):
        lines, after = lines[:-1], [lines[-1], *after]
    return lines, "\n".join(before), "\n".join(after)


def _equal_blocks(paragraphs: list[list[str]]) -> tuple[int, int] | None:
    """Return the range of paragraphs of equally many lines; None if they are no list."""
    heights = Counter(len(lines) for lines in paragraphs if len(lines) > 1)
    if not heights:
        return None
    height, times = heights.most_common(1)[0]
    places = [i for i, lines in enumerate(paragraphs) if len(lines) == height]
    contiguous = places[-1] - places[0] + 1 == times
    return (places[0], places[-1] + 1) if contiguous and times >= _FEWEST else None


def _joined(paragraphs: list[list[str]]) -> str:
    return "\n".join(line for lines in paragraphs for line in lines)


def is_list(lines: list[str]) -> bool:
    """Return True if there are enough lines for a list."""
    return len(lines) >= _FEWEST


def _lines(part: str) -> list[str]:
    return [line for line in part.split("\n") if any(map(str.isalpha, line))]


_RULE = re.compile(r"^[ \t]*(?:-{3,}|\*{3,}|_{3,}|={3,})[ \t]*$", re.MULTILINE)
_BRACKETED = re.compile(r"^\s*[*_]*\s*[(（\[【].*[)）\]】]\s*[*_]*\s*$")
