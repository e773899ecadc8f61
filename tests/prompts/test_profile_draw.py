"""Profiles are drawn by weight or by quota, the same ones in every run."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.prompts.profile_draw import Draw, drawn_profiles
from culture_ray.survey.profiles import Profile

PROFILES = [
    Profile("DK", {"gender": gender, "age": age})
    for gender, age in product(("man", "woman"), ("18-29", "30-64", "65+"))
]
EQUAL = dict.fromkeys(PROFILES, 1.0)

draws = st.sampled_from(["weight", "quota"])


@given(draws, st.integers(1, 8), st.integers(0, 9))
def test_more_profiles_only_add_to_fewer_and_none_comes_twice(
    draw: Draw, count: int, seed: int
) -> None:
    drawn = drawn_profiles(EQUAL, count, draw, seed)
    assert len(drawn) == len(set(drawn)) == min(count, len(PROFILES))
    assert drawn_profiles(EQUAL, count + 1, draw, seed)[: len(drawn)] == drawn


def test_a_draw_by_weight_chooses_in_proportion_to_the_people() -> None:
    weights = {PROFILES[0]: 6.0, PROFILES[1]: 3.0, PROFILES[2]: 1.0}
    first = Counter(drawn_profiles(weights, 1, "weight", seed)[0] for seed in range(2000))
    for profile, weight in weights.items():
        assert first[profile] / 2000 == pytest.approx(weight / 10, abs=0.03)


@given(st.integers(0, 50), st.integers(1, 6))
def test_a_draw_by_quota_takes_every_category_about_equally_often(seed: int, count: int) -> None:
    weights = {profile: 1e6 if profile.categories["age"] == "65+" else 1.0 for profile in PROFILES}
    drawn = drawn_profiles(weights, count, "quota", seed)
    for name, most in (("gender", 2), ("age", 3)):
        times = Counter(profile.categories[name] for profile in drawn)
        counts = [times[category] for category in {p.categories[name] for p in PROFILES}]
        assert max(counts) - min(counts) <= 1, (name, most)


def test_a_country_described_by_nothing_else_is_drawn_too() -> None:
    assert drawn_profiles({Profile("DK"): 1.0}, 3, "quota", 1) == (Profile("DK"),)
