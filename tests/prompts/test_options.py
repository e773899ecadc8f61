from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from culture_ray.prompts.options import both_orders, offered_options, question_of

ANSWERS = {1: "Always", 2: "Often", 4: "Never"}


def test_options_stand_under_letters_in_the_order_of_the_wording() -> None:
    asked, reversed_ = both_orders(["q1"])
    assert offered_options(ANSWERS, asked).lines == "A. Always\nB. Often\nC. Never"
    assert offered_options(ANSWERS, reversed_).lines == "A. Never\nB. Often\nC. Always"
    assert offered_options(ANSWERS, reversed_).codes == (4, 2, 1)
    assert question_of(asked) == question_of(reversed_) == "q1"


@given(st.dictionaries(st.integers(0, 20), st.text(min_size=1), min_size=2, max_size=12))
def test_an_option_means_the_same_in_both_orders(answers: dict[int, str]) -> None:
    ordered = dict(sorted(answers.items()))
    for wording in both_orders(["q"]):
        options = offered_options(ordered, wording)
        assert dict(zip(options.codes, options.texts, strict=True)) == ordered
        assert len(set(options.letters)) == len(ordered)
