"""Items of HTML, XML and LaTeX, and what servers leave in texts."""

from __future__ import annotations

import pytest

from culture_ray.judging.lists.plain import plain_lines
from tests.judging.lists.views import NUMBERED, VIEWS, split


@pytest.mark.parametrize(
    "text",
    [
        "<ol>\n" + "\n".join(f"<li>{v}</li>" for v in VIEWS) + "\n</ol>",
        "<p>Here you are:</p><ul>" + "".join(f"<li>{v}</li>" for v in VIEWS) + "</ul><p>Bye!</p>",
        "\\begin{itemize}\n" + "\n".join(f"  \\item {v}" for v in VIEWS) + "\n\\end{itemize}",
        "<opinions>\n" + "\n".join(f'<opinion id="{n}">{v}</opinion>' for n, v in enumerate(VIEWS))
        + "\n</opinions>",
        "<answers>"
        + "".join(f"<person>\n<view>\n{v}\n</view>\n</person>\n" for v in VIEWS)
        + "</answers>",
        "<table><tr><th>Person</th><th>View</th></tr>"
        + "".join(f"<tr><td>{n}</td><td>{v}</td></tr>" for n, v in enumerate(VIEWS, 1))
        + "</table>",
    ],
)  # fmt: skip
def test_items_of_markup_are_opinions(text: str) -> None:
    assert split(text).opinions == VIEWS


def test_tokens_that_end_a_turn_and_what_follows_them_are_no_opinion() -> None:
    ended = NUMBERED + "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n1. More"
    assert split(ended).opinions == VIEWS


@pytest.mark.parametrize(
    "marker",
    ["{n}/6 ", "({n}/6) ", "{n} of 6: ", "Person {n}/6: ", "**{n} / 6** ", "[{n} von 6] ",
     "### Borger {n} af 6\n"],
)  # fmt: skip
def test_a_number_may_come_with_that_of_all(marker: str) -> None:
    text = "\n".join(marker.format(n=n) + view for n, view in enumerate(VIEWS, 1))
    assert split(text).opinions == VIEWS


def test_fractions_of_people_are_no_numbers_of_items() -> None:
    text = "2/3 of them would allow it.\n1/3 would not."
    assert " ".join(split(text, asked=1).opinions) == text.replace("\n", " ")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<ul><li>Yes.<ul><li>Indeed.</li></ul></li><li>No.</li></ul>That is all.",
         "\n\n• Yes.\n\n    • Indeed.\n\n• No.\n\nThat is all."),
        ("<p>Yes, <b>sure</b>.</p>", "\nYes, <b>sure</b>.\n"),
        ("<view>Yes.</view> <view>No.</view>", "\n• Yes.\n• No.\n"),
    ],
)  # fmt: skip
def test_lists_keep_their_levels_and_elements_without_a_line_of_their_own_stay(
    text: str, plain: str
) -> None:
    assert plain_lines(text) == plain
