"""Items of a list, and the choice of one list where the same opinions are given twice."""

from __future__ import annotations

from dataclasses import dataclass

from culture_ray.judging.lists.marker import Marker


@dataclass(frozen=True)
class Item:
    """Text of one item, with its number and the number of people that it speaks for."""

    text: str
    number: int | None = None
    people: int = 1


def items_of(text: str, markers: list[Marker]) -> tuple[str, list[Item]]:
    """Return the text before the first marker, and the items."""
    ends = [m.start for m in markers[1:]] + [len(text)]
    return text[: markers[0].start], [
        Item(text[m.end : end], m.number, m.people) for m, end in zip(markers, ends, strict=True)
    ]


def one_list(items: list[Item], asked: int) -> tuple[list[Item], str]:
    """Return the items of one list where several repeat it, and the text of the others.

    Models repeat a list in another language, or after a first plan. It is repeated if the numbers
    begin again after all `asked` opinions, if lists of equal length, near to that, hold more than
    `asked`, or if every list says the same. The first list counts, unless a later one of its
    length has much more to say.
    """
    lists: list[list[Item]] = []
    for item in items:
        begins = item.number == 1 or (item.number is None and _heads_another(lists))
        if begins or not lists:
            lists.append([])
        lists[-1].append(item)
    sizes = [_people(one) for one in lists]
    whole = sizes[0] >= asked > 1 and len(lists) > 1
    near = len(set(sizes)) == 1 and 5 * sizes[0] >= 3 * asked
    equal = len(lists) > 1 and near and sizes[0] >= 3 and sum(sizes) > asked
    if not (whole or equal or _say_the_same(lists)):
        return items, ""
    best = lists[0]
    for one in lists[1:]:
        if _people(one) == sizes[0] and _length(one) > 1.5 * _length(best):
            best = one
    return best, "\n".join(item.text for one in lists if one is not best for item in one)


def _say_the_same(lists: list[list[Item]]) -> bool:
    """Return True if there are several lists of two items or more, all with the same words."""
    words = {tuple(_first_paragraph(item) for item in one) for one in lists}
    return len(lists) > 1 and len(words) == 1 and len(lists[0]) > 1


def _first_paragraph(item: Item) -> str:
    # What follows it may be the heading of the next list.
    return " ".join(item.text.strip().partition("\n\n")[0].casefold().split())


def _heads_another(lists: list[list[Item]]) -> bool:
    """Return True if a paragraph below the last item, without a number, heads another list."""
    return bool(lists) and "\n\n" in lists[-1][-1].text.strip()


def _people(items: list[Item]) -> int:
    # A list that begins with "2." has its first opinion before it.
    return sum(item.people for item in items) + (items[0].number == 2)


def _length(items: list[Item]) -> int:
    return sum(len(item.text.strip()) for item in items)
