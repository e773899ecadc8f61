from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from culture_ray.prompts.factors import Variant
from culture_ray.prompts.options import (
    ADDED_MIDDLE,
    DONT_KNOW,
    battery_text,
    both_orders,
    offered_options,
    question_of,
)

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


def test_an_odd_scale_loses_its_middle_and_an_even_one_gets_one_in_both_orders() -> None:
    even = {1: "Always", 2: "Often", 4: "Seldom", 5: "Never"}
    for wording in both_orders(["q1"]):
        without = offered_options(ANSWERS, wording, Variant(middle="without"))
        assert set(without.codes) == {1, 4}
        added = offered_options(even, wording, Variant(middle="with"), middle="In between")
        assert added.codes[2] == ADDED_MIDDLE
        assert added.lines.splitlines()[2] == "C. In between"
        for answers, level in ((ANSWERS, "with"), (even, "without")):
            own = offered_options(answers, wording, Variant(middle=level), middle="In between")
            assert own == offered_options(answers, wording)


def test_a_middle_point_and_do_not_know_are_both_offered() -> None:
    variant = Variant(dont_know="with", middle="with")
    options = offered_options({1: "Yes", 2: "No"}, "q1", variant, "Don't know", "In between")
    assert options.lines == "A. Yes\nB. In between\nC. No\nD. Don't know"


AGREE = offered_options({1: "Agree", 2: "Disagree"}, "q1")
TRUST = offered_options({1: "A lot", 2: "Not at all"}, "q1")


def test_options_that_all_questions_share_stand_once_below_them() -> None:
    assert battery_text(["Press?", "Army?"], [TRUST, TRUST]) == (
        "1. Press?\n2. Army?\n\nA. A lot\nB. Not at all"
    )


def test_options_that_differ_stand_below_their_question() -> None:
    assert battery_text(["Jobs?", "Army?"], [AGREE, TRUST]) == (
        "1. Jobs?\nA. Agree\nB. Disagree\n\n2. Army?\nA. A lot\nB. Not at all"
    )
