"""Titles of items: a last title with nothing after it is no opinion, as the answer was cut off."""

from __future__ import annotations

import re
from collections import Counter


def without_bare_title(items: list[str]) -> list[str]:
    """Return the items without a last one that consists of a title only, where others have more.

    A title is a first line, words in bold, or words before a colon or a dash ("Anna, 34: ..."). One
    other item shows that items have titles only if the last one is marked as such.
    """
    if len(items) < 2:
        return items
    *others, last = items
    if _lacks_last_field(others, last):
        return others
    for title in (_colon_title, _bold_title, _dash_title, _line_title):
        found = [found for item in others if (found := title(item)) is not None]
        if 3 * len(found) >= 2 * len(others) and title(last) is None:
            bare = _is_bare(last, found) if len(others) > 1 else _is_marked(last)
            return others if bare else items
    return items


def _lacks_last_field(others: list[str], last: str) -> bool:
    """Return True if items of several lines end in a field ("View: ...") that the last lacks."""
    fields = [found[-1] for item in others if "\n" in item.strip() and (found := _fields(item))]
    name, times = Counter(fields).most_common(1)[0] if fields else ("", 0)
    several = times > 1 and 3 * times >= 2 * len(others)
    return several and name not in _fields(last) and _ends_open(last)


def _fields(item: str) -> list[str]:
    return [name.casefold().strip() for name in _FIELD.findall(item)]


def _is_bare(item: str, titles: list[str]) -> bool:
    """Return True if `item` may be a title like `titles`: short, in one line, not a sentence."""
    if _is_marked(item):
        return True
    text = item.strip().strip("*_#").strip()
    return "\n" not in text and _ends_open(item) and len(text) <= 1.25 * max(map(len, titles))


def _is_marked(item: str) -> bool:
    """Return True if `item` is one line that ends in a colon or starts in bold, cut or not."""
    text = item.strip().strip("*_#").strip()
    if "\n" in text or not _ends_open(item):
        return False
    return re.search(r"[:：]$", text) is not None or item.strip().startswith("**")


def _ends_open(item: str) -> bool:
    """Return True if the text does not end like a sentence."""
    text = item.strip().strip("*_#\"'”»").strip()
    return re.search(r"[.!?。！？।؟]$", text) is None or text.endswith("...")


def _colon_title(item: str) -> str | None:
    found = re.match(r"\s*([^.!?。！？:：\n]{1,80})[:：][*_ \t]*\n*[ \t]*[^\s*_]", item)
    return found[1] if found else None


def _bold_title(item: str) -> str | None:
    found = re.match(r"\s*\*\*([^*\n]{1,80})\*\*[ \t:：–—-]*\n*[ \t]*[^\s*]", item)
    return found[1] if found else None


def _dash_title(item: str) -> str | None:
    found = re.match(r"\s*([^.!?。！？–—\n]{1,80}?)[*_]*\s+[–—-]\s+[*_]*[^\s*_]", item)
    return found[1] if found else None


def _line_title(item: str) -> str | None:
    line, _, rest = item.strip().partition("\n")
    sentence = re.search(r"[.!?。！？।؟]\W*$", line)
    return line if len(line) <= 80 and rest.strip() and not sentence else None


_FIELD = re.compile(r"^[ \t]*[-•*–·+]?[ \t]*[*_]*([^:：*_\n]{1,40})[*_]*[:：]", re.MULTILINE)
"""Name of a field at the start of a line."""
