"""Labels of topics are whole, in at most two lines, and never twice the code."""

from __future__ import annotations

import pytest

from culture_ray.report.plots.topics import _LABEL_LENGTH, _NARROW_LABEL, _label


@pytest.mark.parametrize("longest", [_LABEL_LENGTH, _NARROW_LABEL])
def test_a_long_label_takes_two_lines_and_loses_no_word(longest: int) -> None:
    label = "University is more important for a boy than for a girl"
    text = _label("d060", label, longest)
    assert text.count("\n") == 1 and "…" not in text
    assert " ".join(text.replace("D060", "").split()) == label


def test_a_topic_without_a_label_is_named_by_its_code_once() -> None:
    assert _label("e028", "E028", _LABEL_LENGTH) == "E028"


def test_a_label_of_any_length_takes_two_lines() -> None:
    text = _label("f001", "word " * 60, _LABEL_LENGTH)
    assert text.count("\n") == 1 and "…" in text
