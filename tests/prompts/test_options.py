from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from culture_ray.prompts.factors import Variant
from culture_ray.prompts.options import DONT_KNOW, both_orders, offered_options, question_of

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
        assert len(set(options.labels)) == len(ordered)


def test_the_scale_counts_down_or_has_other_labels_and_no_option_loses_its_code() -> None:
    down = offered_options(ANSWERS, "q1", Variant(scale="reversed"))
    assert down.lines == "C. Always\nB. Often\nA. Never"
    both = offered_options(ANSWERS, "q1_reversed", Variant(labels="numbers", scale="reversed"))
    assert both.lines == "3. Never\n2. Often\n1. Always"
    assert both.codes == (4, 2, 1)
    words = offered_options(ANSWERS, "q1", Variant(labels="words"))
    assert words.lines == "- Always\n- Often\n- Never"
    assert words.answers == ("Always", "Often", "Never")


def test_do_not_know_comes_last_with_the_last_label_in_every_variant() -> None:
    for wording in both_orders(["q1"]):
        for scale in ("as_is", "reversed"):
            variant = Variant(dont_know="with", scale=scale)
            options = offered_options(ANSWERS, wording, variant, "Don't know")
            assert (options.codes[-1], options.labels[-1]) == (DONT_KNOW, "D")
            assert options.lines.endswith("D. Don't know")
