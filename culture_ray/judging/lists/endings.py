"""Ends of lists: headings between items, closing remarks, and titles with nothing after them."""

from __future__ import annotations

import re
from dataclasses import replace

from culture_ray.judging.lists.items import Item
from culture_ray.judging.lists.titles import without_bare_title
from culture_ray.judging.vocabulary import Vocabulary


def without_closing(items: list[Item], vocabulary: Vocabulary) -> tuple[list[Item], str]:
    """Return the items without headings that follow them, and the closing remarks.

    A last item that is a title with nothing after it is dropped.
    """
    if not items:
        return items, ""
    texts, closing = _closed([item.text for item in items], vocabulary)
    kept = without_bare_title(texts)
    items = [replace(item, text=text) for item, text in zip(items, kept, strict=False)]
    return items, closing


def _closed(items: list[str], vocabulary: Vocabulary) -> tuple[list[str], str]:
    items = [*map(_without_heading, items[:-1]), _without_last_heading(items[-1])]
    # Interviews with headings of their own may have several paragraphs, including the last one.
    below_heading = items[-1].lstrip(" \t*").startswith("\n")
    several = below_heading or any(len(_paragraphs(item)) > 1 for item in items[:-1])
    last = items[-1]
    if len(items) >= 3 and not any("\n" in item.strip() for item in items[:-1]):
        # All other items have one line, so further lines of the last one are a closing remark.
        line, _, rest = last.strip().partition("\n")
        return ([*items[:-1], line], rest) if _has_words(line) else (items, "")
    paragraphs = _paragraphs(last)
    for i, paragraph in enumerate(paragraphs):
        if i > 0 and (not several or vocabulary.closing.match(paragraph)):
            return [*items[:-1], "\n\n".join(paragraphs[:i])], "\n\n".join(paragraphs[i:])
        lines = paragraph.split("\n")
        for j, line in enumerate(lines):
            if (i, j) != (0, 0) and vocabulary.closing.match(line):
                kept = "\n\n".join([*paragraphs[:i], "\n".join(lines[:j])])
                rest = "\n\n".join(["\n".join(lines[j:]), *paragraphs[i + 1 :]])
                return [*items[:-1], kept], rest
    return items, ""


def _without_heading(item: str) -> str:
    lines = item.rstrip().split("\n")
    while len(lines) > 1 and (_HEADING_LINE.match(lines[-1]) or not lines[-1].strip()):
        lines.pop()
    return "\n".join(lines)


def _without_last_heading(item: str) -> str:
    """Return the last item without a heading below it, after which the answer was cut off."""
    body, _, line = item.rstrip().rpartition("\n")
    marked = re.match(r"\s*(?:#{1,6}\s.*|\*\*[^*]+(?:\*\*:?)?)\s*$", line)
    return body if marked and _has_words(body) else item


def _paragraphs(item: str) -> list[str]:
    return [p for p in re.split(r"\n[ \t]*\n", item.strip()) if _has_words(p)]


def _has_words(text: str) -> bool:
    return any(map(str.isalpha, text))


_HEADING_LINE = re.compile(
    r"^\s*(?:#{1,6}\s.*|\*\*[^*]+\*\*:?|[*_-]{3,}|[^.!?。！？]{1,60}[:：])\s*$"
)
