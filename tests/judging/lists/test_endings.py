"""Closing remarks are taken off the last item, and no item is lost with them."""

from __future__ import annotations

from culture_ray.judging.lists.endings import without_closing
from culture_ray.judging.lists.items import Item
from tests.shipped import SHIPPED


def ended(*texts: str) -> tuple[list[str], str]:
    """Return the texts of the items without their closing remarks, and the remarks."""
    items, closing = without_closing([Item(text) for text in texts], SHIPPED)
    return [item.text for item in items], closing


def test_a_last_item_of_several_lines_ends_after_the_first_one_only_if_it_has_words() -> None:
    assert ended("Yes.", "No.", "Never.\nSo they say") == (["Yes.", "No.", "Never."], "So they say")
    assert ended("Yes.", "No.", "34\nI agree") == (["Yes.", "No.", "34\nI agree"], "")


def test_a_paragraph_without_words_makes_no_item_of_several_paragraphs() -> None:
    texts, closing = ended("Yes.\n\n42", "No.\n\nThat is what they say")
    assert (texts[-1], closing) == ("No.", "That is what they say")
    several = ("Yes.\n\nIndeed.", "No.\n\nThat is what they say")
    assert ended(*several) == (list(several), "")


def test_a_closing_line_takes_what_follows_it_and_nothing_before_it() -> None:
    last = "No.\n\nNever.\nIn summary, they differ.\n\nThe end."
    assert ended("Yes.\n\nIndeed.", last) == (
        ["Yes.\n\nIndeed.", "No.\n\nNever."],
        "In summary, they differ.\n\nThe end.",
    )
