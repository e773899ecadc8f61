"""Splitting of a response into the opinions that it describes, by rule and without the judge."""

from __future__ import annotations

import re
from dataclasses import dataclass

from culture_ray.engines.thoughts.split import split_thoughts
from culture_ray.judging.lists.endings import without_closing
from culture_ray.judging.lists.items import Item, items_of, one_list
from culture_ray.judging.lists.lines import is_list, line_items
from culture_ray.judging.lists.markers import best_markers, inline_markers
from culture_ray.judging.lists.patterns import word_patterns
from culture_ray.judging.lists.plain import plain_lines
from culture_ray.judging.lists.structured import json_items, json_text, table_rows
from culture_ray.judging.lists.summaries import Tally, read_tally
from culture_ray.judging.vocabulary import Vocabulary

_NO_PHRASES = Vocabulary()
USUAL_NUMBER = 10
"""Number of opinions that the protocol of the paper asks for."""


@dataclass(frozen=True)
class Split:
    """Described opinions of a response, with the text around them."""

    opinions: tuple[str, ...]
    """One text per opinion: an item that speaks for several people ("3-5.") is there for each."""
    style: str
    """Style: number, label, letter, heading, bullet, ordinal, table, json, line, summary, prose or
    none."""
    preamble: str = ""
    closing: str = ""
    tally: Tally | None = None
    people: tuple[int, ...] = ()
    """Number of people per item of the list, if an item speaks for several."""

    @property
    def count(self) -> int:
        """Number of described opinions: the people of a summary or the items of a list."""
        return self.tally.people if self.tally else len(self.opinions)

    @property
    def items(self) -> tuple[str, ...]:
        """Text of each item of the list, once."""
        if not self.people:
            return self.opinions
        starts = [sum(self.people[:place]) for place in range(len(self.people))]
        return tuple(self.opinions[start] for start in starts)

    @property
    def enumerated(self) -> bool:
        """True if the text marks its opinions, so that their number is certain."""
        return self.style not in {"line", "prose", "none"}


def split_opinions(
    text: str,
    vocabulary: Vocabulary = _NO_PHRASES,
    *,
    asked: int = USUAL_NUMBER,
    continues_list: bool = False,
) -> Split:
    """Return `text` split into its described opinions; never raises.

    `vocabulary` holds the phrases of the languages that the text may be in; numbers, bullets,
    counted labels, tables and JSON are read without it, in any script. `asked` is the number of
    opinions asked for. With `continues_list` the prompt ended in "1.", so that the text starts with
    the first opinion without its number. Preambles, headings, closing remarks, numbers without text
    and thoughts between the marks of a model that thinks are not opinions.
    """
    text = plain_lines(split_thoughts(text).text or "")
    if not continues_list and (inner := json_text(text)) is not None:
        text = plain_lines(inner)
    if not continues_list and (split := _structured(text, vocabulary, asked)) is not None:
        return split
    style, markers = best_markers(text, vocabulary)
    if style == "none":
        return _unmarked(text, vocabulary, asked, continues_list=continues_list)
    head, items = items_of(text, markers)
    items, repeated = one_list(items, asked)
    first = items[0].number
    # A list that starts with "2." has its first opinion before it, without a number.
    starts_late = first is not None and (first == 2 or (continues_list and first > 2))
    preamble = head
    if starts_late and _has_words(head):
        preamble, opening = "", head
        if not continues_list:
            preamble, _, opening = head.rpartition("\n\n")
        items.insert(0, Item(opening, 1))
    items = [part for item in items for part in _inline(item, items, vocabulary)]
    items, closing = without_closing(items, vocabulary)
    closing = f"{closing}\n{repeated}" if repeated else closing
    return _as_summary(text, _split(items, style, preamble, closing, vocabulary), vocabulary, asked)


def _structured(text: str, vocabulary: Vocabulary, asked: int) -> Split | None:
    """Return the split of an answer in JSON or in a table; None for other answers."""
    if (entries := json_items(text, asked)) is not None:
        return _as_summary(text, Split(tuple(map(_clean, entries)), "json"), vocabulary, asked)
    if (found := table_rows(text)) is None:
        return None
    head, rows, rest = found
    if len(best_markers(head, vocabulary)[1]) >= len(rows):
        return None  # the table sums up a list before it
    split = Split(tuple(map(_clean, rows)), "table", _clean(head), _clean(rest))
    return _as_summary(text, split, vocabulary, asked)


def _split(
    items: list[Item], style: str, preamble: str, closing: str, vocabulary: Vocabulary
) -> Split:
    label = word_patterns(vocabulary).item_label
    texts = [(label.sub("", _clean(item.text), count=1), item.people) for item in items]
    texts = [(text, people) for text, people in texts if _has_words(text)]
    people = tuple(people for _, people in texts)
    return Split(
        tuple(text for text, people in texts for _ in range(people)),
        style,
        _clean(preamble),
        _clean(closing),
        people=people if max(people, default=1) > 1 else (),
    )


def _inline(item: Item, items: list[Item], vocabulary: Vocabulary) -> list[Item]:
    """Return an item split at the next numbers in its line, unless these start lines elsewhere."""
    elsewhere = {other.number for other in items}
    if item.number is None or item.people > 1 or item.number + 1 in elsewhere:
        return [item]
    markers = inline_markers(item.text, item.number, vocabulary)
    markers = markers[: next((i for i, m in enumerate(markers) if m.number in elsewhere), None)]
    if not markers:
        return [item]
    opening, following = items_of(item.text, markers)
    return [Item(opening, item.number), *following]


def _unmarked(text: str, vocabulary: Vocabulary, asked: int, *, continues_list: bool) -> Split:
    """Return the split of a text without markers at line starts: inline list, summary or prose."""
    markers = inline_markers(text, 1 if continues_list else 0, vocabulary)
    if markers and (continues_list or len(markers) >= 2):
        head, items = items_of(text, markers)
        opening = [Item(head)] if continues_list else []
        items, closing = without_closing([*opening, *items], vocabulary)
        preamble = "" if continues_list else head
        split = _split(items, "number", preamble, closing, vocabulary)
        return _as_summary(text, split, vocabulary, asked)
    if (tally := read_tally(text, vocabulary, asked=asked)) is not None:
        return Split((_clean(text),), "summary", tally=tally)
    lines, preamble, closing = line_items(text, vocabulary)
    style = "line" if is_list(lines) else "prose" if lines else "none"
    entries = lines if style == "line" else ["\n".join(lines)] if lines else []
    return Split(tuple(map(_clean, entries)), style, _clean(preamble), _clean(closing))


def _as_summary(text: str, split: Split, vocabulary: Vocabulary, asked: int) -> Split:
    """Return the split as a summary if every item counts people ("- 7 in favour")."""
    if not split.opinions or len(split.opinions) > 4:
        return split
    tally = read_tally("\n".join(split.opinions), vocabulary, asked=asked)
    if tally is None or tally.people <= len(split.opinions):
        return split
    if any(read_tally(one, vocabulary, groups=1, asked=asked) is None for one in split.opinions):
        return split
    return Split((_clean(text),), "summary", tally=tally)


def _clean(text: str) -> str:
    """Return the text as one line without emphasis marks, rules and table bars."""
    text = re.sub(r"^[ \t]*(?:[-*_=]{3,}|#{1,6}|>+)", "", text, flags=re.MULTILINE)
    text = re.sub(r"</?[A-Za-z]+>", " ", text)
    text = re.sub(r"\*{1,3}|(?<!\w)_{1,3}|_{1,3}(?!\w)|\|", " ", text)
    return re.sub(r"\s+", " ", text).strip(" \t:：–—-").lstrip(",，、 ")


def _has_words(text: str) -> bool:
    return any(character.isalpha() for character in text)
