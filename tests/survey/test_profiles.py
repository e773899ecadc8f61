"""A profile is recorded as text and read back as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.survey.profiles import Profile, is_profile

names = st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True)
categories = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_+-]{0,6}", fullmatch=True)


@given(st.sampled_from(["DK", "NIR", "NO"]), st.dictionaries(names, categories, max_size=4))
def test_a_recorded_profile_is_read_back(country: str, parts: dict[str, str]) -> None:
    profile = Profile(country, parts)
    assert Profile.read(profile.text) == profile
    assert is_profile(profile.text)


@pytest.mark.parametrize("text", ["DK", "", ": age=18-29", "DK: age", "DK: =man", "DK: age="])
def test_another_text_is_no_profile(text: str) -> None:
    with pytest.raises(ValueError, match="is not a profile"):
        Profile.read(text)


def test_a_country_is_no_profile_and_neither_is_nothing() -> None:
    assert not is_profile("DK")
    assert not is_profile(None)
