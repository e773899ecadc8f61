from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.judging.percentages import stated_shares
from culture_ray.prompts.phrases import Phrases

LETTERS = ("A", "B", "C")
NUMBERS = ("1", "2", "3")
TEXTS = ("Agree strongly", "Agree", "Disagree, on the whole")
READ = [0.2, 0.3, 0.5]


@pytest.mark.parametrize(
    "text",
    [
        "A: 20%\nB: 30%\nC: 50%",
        "**A.** Agree strongly: 20 %\n**B.** Agree: 30 %\n**C.** Disagree, on the whole: 50 %",
        "Here are the percentages:\n\n- A) 20.0%\n- B) 30.0%\n- C) 50.0%\n\nTotal: 100%",
        "A: 20%, B: 30%, C: 50%",
        "A: 20; B: 30; C: 50",
        "20% A\n30% B\n50% C",
        "Agree strongly - 20%\nAgree - 30%\nDisagree, on the whole - 50%",
        "| A. Agree strongly | 20% |\n| B. Agree | 30% |\n| C. Disagree, on the whole | 50% |",
        '```json\n{"A": 20, "B": 30, "C": 50}\n```',
        '{"Agree strongly": "20%", "Agree": "30%", "Disagree, on the whole": "50%"}',
        "A: 0.2\nB: 0.3\nC: 0.5",
        "Ａ：２０％\nＢ：３０％\nＣ：５０％",
        "\u200fA: ٢٠٪\n\u200fB: ٣٠٪\n\u200fC: ٥٠٪",
        "A: २०%\nB: ३०%\nC: ५०%",
        "A: 20,0 %\nB: 30,0 %\nC: 50,0 %",
        "A: 20 procent\nB: 30 procent\nC: 50 procent",
    ],
)
def test_percentages_are_read_in_any_layout_and_script(text: str) -> None:
    phrases = Phrases(percent=("procent",))
    assert stated_shares(text, LETTERS, TEXTS, phrases) == pytest.approx(READ)


def test_labels_that_are_numbers_are_not_percentages() -> None:
    assert stated_shares("1: 20%\n2: 30%\n3: 50%", NUMBERS, TEXTS) == pytest.approx(READ)
    listed = "1. Agree strongly: 20\n2. Agree: 30\n3. Disagree, on the whole: 50"
    assert stated_shares(listed, NUMBERS, TEXTS) == pytest.approx(READ)


def test_options_without_labels_are_read_by_their_texts() -> None:
    said = "- Agree strongly: 20%\n- Agree: 30%\n- Disagree, on the whole: 50%"
    assert stated_shares(said, (), TEXTS) == pytest.approx(READ)


@pytest.mark.parametrize(
    "text",
    [
        "A: 20%\nB: 30%\nC: 60%",
        "A: 20%\nB: 30%",
        "A: 20-30%\nB: 30%\nC: 40%",
        "A: 10 to 20%\nB: 30%\nC: 50%",
        "A: -20%\nB: 70%\nC: 50%",
        "A: 20%\nA: 30%\nB: 30%\nC: 20%",
        "A: 20% of men and 30% of women\nB: 30%\nC: 50%",
        "I cannot state percentages.",
        "",
    ],
)
def test_what_does_not_add_up_or_is_not_one_number_each_is_not_read(text: str) -> None:
    assert stated_shares(text, LETTERS, TEXTS) is None


def test_rounded_percentages_are_divided_by_their_sum_and_options_left_out_have_none() -> None:
    assert stated_shares("A: 33%\nB: 33%\nC: 33%", LETTERS, TEXTS) == pytest.approx([1 / 3] * 3)
    assert stated_shares("A: 40%\nC: 60%", LETTERS, TEXTS) == pytest.approx([0.4, 0.0, 0.6])


@given(st.lists(st.integers(0, 100), min_size=2, max_size=9), st.randoms())
def test_any_distribution_comes_back_whatever_the_order_of_the_lines(
    cuts: list[int], random: object
) -> None:
    ends = [0, *sorted(cuts[:-1]), 100]
    whole = [high - low for low, high in pairwise(ends)]
    labels = tuple("ABCDEFGHI"[: len(whole)])
    texts = tuple(f"answer {label.lower() * 3}" for label in labels)
    lines = [f"{label}. {text}: {n}%" for label, text, n in zip(labels, texts, whole, strict=True)]
    random.shuffle(lines)  # type: ignore[attr-defined]
    found = stated_shares("\n".join(lines), labels, texts)
    assert found == pytest.approx([n / 100 for n in whole])
