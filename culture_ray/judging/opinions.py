"""Splitting of a response into the opinions that it describes, by rule and without the judge."""

from __future__ import annotations

import re
from dataclasses import dataclass

from culture_ray.judging.markers import Marker, best_markers, inline_markers
from culture_ray.judging.phrases import in_any_language
from culture_ray.judging.summaries import Tally, read_tally


@dataclass(frozen=True)
class Split:
    """Described opinions of a response, with the text around them."""

    opinions: tuple[str, ...]
    style: str
    """Style: number, label, letter, heading, bullet, ordinal, line, summary, prose or none."""
    preamble: str = ""
    closing: str = ""
    tally: Tally | None = None

    @property
    def count(self) -> int:
        """Number of described opinions: the people of a summary or the items of a list."""
        return self.tally.people if self.tally else len(self.opinions)

    @property
    def enumerated(self) -> bool:
        """True if the text marks its opinions, so that their number is certain."""
        return self.style not in {"line", "prose", "none"}


def split_opinions(text: str, *, continues_list: bool = False) -> Split:
    """Return `text` split into its described opinions; never raises.

    With `continues_list` the prompt ended in "1.", so that the text starts with the first opinion
    without its number. Preambles, headings, closing remarks and numbers without text are not
    opinions.
    """
    text = re.sub(r"\r\n?|\u2028", "\n", text)
    text = re.sub("[\u200b\u200c\u200d\u2060\ufeff]", "", text)
    text = re.sub(r"[ \t]{9,}", " " * 8, text)  # degenerate output can be thousands of blanks
    style, markers = best_markers(text)
    if style == "none":
        return _unmarked(text, continues_list=continues_list)
    head, bodies = _bodies(text, markers)
    first = markers[0].number
    # A list that starts with "2." has its first opinion before it, without a number.
    starts_late = first is not None and (first == 2 or (continues_list and first > 2))
    preamble = head
    if starts_late and _has_words(head):
        preamble, opening = "", head
        if not continues_list:
            preamble, _, opening = head.rpartition("\n\n")
        bodies.insert(0, (1, opening))
    items = [item for number, body in bodies for item in _inline(body, number, bodies)]
    items, closing = _without_closing(items)
    opinions = tuple(clean for item in items if _has_words(clean := _item(item)))
    return _as_summary(text, Split(opinions, style, _clean(preamble), _clean(closing)))


def _bodies(text: str, markers: list[Marker]) -> tuple[str, list[tuple[int | None, str]]]:
    """Return the text before the first marker, and (number, text) of every item."""
    ends = [m.start for m in markers[1:]] + [len(text)]
    return text[: markers[0].start], [
        (m.number, text[m.end : end]) for m, end in zip(markers, ends, strict=True)
    ]


def _inline(body: str, number: int | None, bodies: list[tuple[int | None, str]]) -> list[str]:
    """Return an item split at the next numbers in its line, unless these start lines elsewhere."""
    if number is None or any(n == number + 1 for n, _ in bodies):
        return [body]
    markers = inline_markers(body, number)
    elsewhere = {n for n, _ in bodies}
    markers = markers[: next((i for i, m in enumerate(markers) if m.number in elsewhere), None)]
    if not markers:
        return [body]
    return [body[: markers[0].start], *(text for _, text in _bodies(body, markers)[1])]


def _unmarked(text: str, *, continues_list: bool) -> Split:
    """Return the split of a text without markers at line starts: inline list, summary or prose."""
    markers = inline_markers(text, 1 if continues_list else 0)
    if markers and (continues_list or len(markers) >= 2):
        head, bodies = _bodies(text, markers)
        items, closing = _without_closing(
            ([head] if continues_list else []) + [body for _, body in bodies]
        )
        opinions = tuple(clean for item in items if _has_words(clean := _item(item)))
        preamble = "" if continues_list else _clean(head)
        return _as_summary(text, Split(opinions, "number", preamble, _clean(closing)))
    if (tally := read_tally(text)) is not None:
        return Split((_clean(text),), "summary", tally=tally)
    lines = [line for line in text.split("\n") if _has_words(line)]
    preamble = closing = ""
    if len(lines) > 1 and lines[0].rstrip(" *_").endswith(":"):
        preamble, lines = lines[0], lines[1:]
    if len(lines) > 1 and _CLOSING.match(lines[-1]):
        lines, closing = lines[:-1], lines[-1]
    style = "line" if len(lines) >= 3 else "prose" if lines else "none"
    items = lines if style == "line" else ["\n".join(lines)] if lines else []
    return Split(tuple(map(_clean, items)), style, _clean(preamble), _clean(closing))


def _as_summary(text: str, split: Split) -> Split:
    """Return the split as a summary if every item counts people ("- 7 in favour")."""
    if not split.opinions or len(split.opinions) > 4:
        return split
    tally = read_tally("\n".join(split.opinions))
    if tally is None or tally.people <= len(split.opinions):
        return split
    if any(read_tally(opinion, groups=1) is None for opinion in split.opinions):
        return split
    return Split((_clean(text),), "summary", tally=tally)


def _without_closing(items: list[str]) -> tuple[list[str], str]:
    """Return the items without headings that follow them, and the closing remarks."""
    if not items:
        return items, ""
    items = [*(_without_heading(item) for item in items[:-1]), items[-1]]
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
        if i > 0 and (not several or _CLOSING.match(paragraph)):
            return [*items[:-1], "\n\n".join(paragraphs[:i])], "\n\n".join(paragraphs[i:])
        lines = paragraph.split("\n")
        for j, line in enumerate(lines):
            if (i, j) != (0, 0) and _CLOSING.match(line):
                kept = "\n\n".join([*paragraphs[:i], "\n".join(lines[:j])])
                rest = "\n\n".join(["\n".join(lines[j:]), *paragraphs[i + 1 :]])
                return [*items[:-1], kept], rest
    return items, ""


def _without_heading(item: str) -> str:
    lines = item.rstrip().split("\n")
    while len(lines) > 1 and (_HEADING_LINE.match(lines[-1]) or not lines[-1].strip()):
        lines.pop()
    return "\n".join(lines)


def _paragraphs(item: str) -> list[str]:
    return [p for p in re.split(r"\n[ \t]*\n", item.strip()) if _has_words(p)]


def _item(text: str) -> str:
    return _LABEL.sub("", _clean(text), count=1)


def _clean(text: str) -> str:
    """Return the text as one line without emphasis marks, rules and table bars."""
    text = re.sub(r"^[ \t]*(?:[-*_=]{3,}|#{1,6})", "", text, flags=re.MULTILINE)
    text = re.sub(r"</?[A-Za-z]+>", " ", text)
    text = re.sub(r"\*{1,3}|(?<!\w)_{1,3}|_{1,3}(?!\w)|\|", " ", text)
    return re.sub(r"\s+", " ", text).strip(" \t:–—-")


def _has_words(text: str) -> bool:
    return any(character.isalpha() for character in text)


_CLOSING = re.compile(rf"[\s*_>#(\[]*(?:{in_any_language('closings')})", re.IGNORECASE)
_LABEL = re.compile(rf"^(?:{in_any_language('labels')})\s*\d{{0,2}}\s*[:–—-]\s+", re.IGNORECASE)
_HEADING_LINE = re.compile(r"^\s*(?:#{1,6}\s.*|\*\*[^*]+\*\*:?|[*_-]{3,}|[^.!?]{1,60}:)\s*$")
