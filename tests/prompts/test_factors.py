from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.prompts.factors import USUAL, Factors, Variant, crossed, varied

variants = st.builds(
    Variant,
    labels=st.sampled_from(["letters", "numbers", "words"]),
    scale=st.sampled_from(["as_is", "reversed"]),
    dont_know=st.sampled_from(["without", "with"]),
    typos=st.sampled_from([0.0, 0.02, 0.05, 0.125]),
    middle=st.sampled_from(["as_is", "with", "without"]),
)


@given(variants)
def test_a_recorded_variant_is_read_back(variant: Variant) -> None:
    assert Variant.read(variant.text) == variant
    assert (variant.text is None) == (variant == USUAL)


def test_levels_are_crossed_and_the_usual_ones_come_first() -> None:
    factors = Factors(labels=("numbers", "letters"), typos=(0.05, 0.0))
    assert [each.text for each in crossed(factors)] == [
        None, "labels=numbers, typos=0.05", "labels=numbers", "typos=0.05",
    ]  # fmt: skip
    assert crossed(Factors()) == (USUAL,)


def test_options_without_labels_are_not_asked_with_reversed_labels() -> None:
    factors = Factors(labels=("letters", "words"), scale=("as_is", "reversed"))
    assert {each.text for each in crossed(factors)} == {None, "scale=reversed", "labels=words"}


def test_only_factors_that_were_set_are_varied() -> None:
    assert varied(Factors()) == {}
    assert varied(Factors(order=("as_is",), typos=(0.0, 0.05))) == {
        "order": ("as_is",), "typos": ("0", "0.05"),
    }  # fmt: skip


@pytest.mark.parametrize("text", ["numbers", "shape=round", "labels"])
def test_what_is_no_variant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a variant"):
        Variant.read(text)
