"""Names and codes of countries in any spelling become one code each."""

from __future__ import annotations

import pytest

from culture_ray.survey.codes.countries import country_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Denmark", "DK"), ("dk", "DK"), ("DNK", "DK"), ("United States", "US"),
        ("the United States of America", "US"), ("USA", "US"), ("UK", "GB"),
        ("Great Britain", "GB"), ("Türkiye", "TR"), ("Turkey", "TR"), ("Viet Nam", "VN"),
        ("NA", "NA"), ("Namibia", "NA"), ("NO", "NO"), ("NIR", "NIR"), ("Northern Ireland", "NIR"),
        ("208", "DK"), ("036", "AU"),
    ],
)  # fmt: skip
def test_what_studies_call_a_country_becomes_its_code(text: str, code: str) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize("text", ["", "a woman aged 30", "Atlantis", "XX", "8", "999"])
def test_other_words_are_no_country(text: str) -> None:
    assert country_code(text) is None
