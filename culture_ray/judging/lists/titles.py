"""Titles of items: a last title with nothing after it is no opinion, as the answer was cut off."""

from __future__ import annotations

import re


def without_bare_title(items: list[str]) -> list[str]:
    """Return the items without a last one that consists of a title only, where others have more.

    A title is a first line, words in bold, or words before a colon ("Anna, 34, nurse: ...").
    """
    if len(items) < 3:
        return items
    *others, last = items
    for title in (_colon_title, _bold_title, _line_title):
        found = [found for item in others if (found := title(item)) is not None]
        if 3 * len(found) >= 2 * len(others) and title(last) is None:
            return others if _is_bare(last, found) else items
    return items


def _is_bare(item: str, titles: list[str]) -> bool:
    """Return True if `item` may be a title like `titles`: short, in one line, not a sentence."""
    text = item.strip().strip("*_#").strip()
    if "\n" in text or not _ends_open(item):
        return False
    if re.search(r"[:：]$", text) or item.strip().startswith("**"):
        return True
    return len(text) <= 1.25 * max(map(len, titles))


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


def _line_title(item: str) -> str | None:
    line, _, rest = item.strip().partition("\n")
    sentence = re.search(r"[.!?。！？।؟]\W*$", line)
    return line if len(line) <= 80 and rest.strip() and not sentence else None
