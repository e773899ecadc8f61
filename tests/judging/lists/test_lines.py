"""Opinions in lines without markers."""

from __future__ import annotations

from tests.judging.lists.views import split


def test_lines_around_a_list_of_lines_are_known_by_their_paragraphs() -> None:
    lines = "Ja, det er i orden.\nNej, aldrig.\nDet kommer an på sagen."
    found = split(f"Det svarede de\n\n{lines}\n\nAlle svar er opdigtede")
    assert found.opinions == tuple(lines.split("\n"))
    assert (found.preamble, found.closing) == ("Det svarede de", "Alle svar er opdigtede")
    assert split(f"{lines}\n（以上、架空の意見です）").count == 3
