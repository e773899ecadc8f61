from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from culture_ray.prompts.typos import with_typos

QUESTION = "How much do you agree or disagree that 10 people should decide?"


def test_a_text_has_the_same_typos_every_time_and_none_at_rate_0() -> None:
    assert with_typos(QUESTION, 0.0) == QUESTION
    assert with_typos(QUESTION, 0.1) == with_typos(QUESTION, 0.1) != QUESTION


def test_a_higher_rate_mistypes_more() -> None:
    def kept(rate: float) -> int:
        words = set(with_typos(QUESTION, rate).split())
        return len(words & set(QUESTION.split()))

    assert kept(0.02) > kept(0.3)


def test_placeholders_digits_and_punctuation_stay() -> None:
    mistyped = with_typos('Survey question 10: "{topic}"\n{options}\nAnswer!', 0.5)
    for part in ("{topic}", "{options}", "10", '"', "!", ":"):
        assert part in mistyped


def test_letters_keep_their_combining_marks() -> None:
    hindi = "क्या लोगों को काम मिलना चाहिए"
    for rate in (0.1, 0.3, 0.5):
        words = with_typos(hindi, rate).split()
        assert all(word[0].isalpha() for word in words)


@given(st.text(), st.floats(0.001, 0.5))
def test_only_letters_change_and_at_least_one_does(text: str, rate: float) -> None:
    mistyped = with_typos(text, rate)
    assert (mistyped != text) == any(map(str.isalpha, text.replace("{", "").replace("}", ""))) or (
        "{" in text
    )
    assert [c for c in mistyped if c.isdecimal()] == [c for c in text if c.isdecimal()]
