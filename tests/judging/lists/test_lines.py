"""Opinions in lines without markers."""

from __future__ import annotations

from culture_ray.judging.lists.lines import line_items
from tests.judging.lists.views import NAMES, VIEWS, split
from tests.shipped import SHIPPED


def test_lines_around_a_list_of_lines_are_known_by_their_paragraphs() -> None:
    lines = "Ja, det er i orden.\nNej, aldrig.\nDet kommer an på sagen."
    found = split(f"Det svarede de\n\n{lines}\n\nAlle svar er opdigtede")
    assert found.opinions == tuple(lines.split("\n"))
    assert (found.preamble, found.closing) == ("Det svarede de", "Alle svar er opdigtede")
    assert split(f"{lines}\n（以上、架空の意見です）").count == 3


def test_paragraphs_of_equally_many_lines_are_one_opinion_each() -> None:
    people = "\n\n".join(
        f"{name}, 4{n}\n{view}" for n, (name, view) in enumerate(zip(NAMES, VIEWS, strict=True))
    )
    found = split(f"Here are the answers\n\n{people}\n\nAll of them are invented.")
    assert found.count == len(VIEWS)
    assert found.opinions[0] == f"Ada, 40 {VIEWS[0]}"
    assert found.closing == "All of them are invented."


def test_rules_between_paragraphs_part_the_opinions() -> None:
    text = "\n\n---\n\n".join(f"{name}.\n\n{v}" for name, v in zip(NAMES, VIEWS, strict=True))
    assert split(text).count == len(VIEWS)


def test_a_line_that_ends_in_a_colon_introduces_other_lines() -> None:
    assert line_items("They said:\nYes.\nNo.", SHIPPED) == (["Yes.", "No."], "They said:", "")
    assert line_items("They said:", SHIPPED) == (["They said:"], "", "")
