"""Terms of a regression in words that people read."""

from __future__ import annotations

import pytest

from culture_ray.report.coefficient_names import coefficient_name, with_names

LANGUAGES = {"da": "Danish"}


@pytest.mark.parametrize(
    ("name", "text", "subject"),
    [
        ("us_bias:model[gemma_2_2b]:language[da]", "US bias of gemma_2_2b in Danish",
         "gemma_2_2b in Danish"),
        ("us:model[gemma_2_2b]:language[da]", "US bias of gemma_2_2b in Danish",
         "gemma_2_2b in Danish"),
        ("us_minus_native:model[m]", "US bias of m", "m"),
        ("us_bias:language[da]", "US bias in Danish", "Danish"),
        ("us_bias", "US bias", ""),
        ("capability_within:family[gemma]", "capability within gemma", "gemma"),
        ("capability_within", "capability within families", ""),
        ("capability_between", "capability between families", ""),
        ("capability:family[gemma]:language[xx]", "capability of gemma in xx", "gemma in xx"),
        ("consistency:language[da]", "self-consistency in Danish", "Danish"),
        ("language[da]", "intercept for Danish", "Danish"),
        ("model[m]:language[da]", "intercept for m in Danish", "m in Danish"),
        ("Intercept", "Intercept", ""),
        ("us:language[da]", "us:language[da]", ""),
        ("odd:consistency", "odd:consistency", ""),
    ],
)  # fmt: skip
def test_a_term_says_what_it_is_about(name: str, text: str, subject: str) -> None:
    assert coefficient_name(name).text(LANGUAGES) == text
    assert coefficient_name(name).subject(LANGUAGES) == subject


def test_levels_answer_no_question() -> None:
    assert coefficient_name("family[gemma]").quantity == ""
    assert coefficient_name("capability:family[gemma]").quantity == "capability"


@pytest.mark.parametrize(
    ("remark", "words"),
    [
        (
            "p_permutation of capability_within:family[gemma] cannot be below 0.17",
            "the p value of the permutation test of capability within gemma cannot be below 0.17",
        ),
        (
            "the variance between levels of family:language is estimated below zero",
            "the variance between levels of family and language is estimated below zero",
        ),
        ("no interval for us_bias:model[m]:language[en]", "no interval for US bias of m in en"),
        ("set inference.same_model=[[a,b]]", "set inference.same_model=[[a,b]]"),
    ],
)
def test_terms_within_a_remark_are_named_for_readers(remark: str, words: str) -> None:
    assert with_names(remark) == words
