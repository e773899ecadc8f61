"""Headers name environment variables for their secrets; a secret in the file is refused."""

from __future__ import annotations

import pytest

from culture_ray.engines.api_headers import header_problem, header_variables, sent_headers

HEADERS = {"api-key": "$LAB_KEY", "Authorization": "Basic ${LAB_BASIC}", "X-Team": "culture"}


def test_variables_are_replaced_when_the_headers_are_sent():
    environment = {"LAB_KEY": " k\n", "LAB_BASIC": "dTpw"}
    assert header_variables(HEADERS) == ["LAB_KEY", "LAB_BASIC"]
    assert sent_headers(HEADERS, environment) == {
        "api-key": "k",
        "Authorization": "Basic dTpw",
        "X-Team": "culture",
    }
    assert all(header_problem(name, value) is None for name, value in HEADERS.items())


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("api-key", "s3cret", "write api-key: $API_KEY and run export API_KEY=... first"),
        ("Authorization", "Bearer s3cret", "write Authorization: $AUTHORIZATION"),
        ("X-Auth-Token", "s3cret", "must not stand in a file"),
        ("Ocp-Apim-Subscription-Key", "s3cret", "must not stand in a file"),
        ("X-Team", "s3cret\r\nX: y", "characters that a header cannot have"),
        ("X-Team", "s3cretæ", "characters that a header cannot have"),
        ("X Team", "s3cret", "is not a name"),
        ("Content-Type", "s3cret", "is set by culture_ray"),
    ],
)
def test_a_header_that_cannot_be_sent_is_refused_without_its_value(name, value, words):
    problem = header_problem(name, value)
    assert words in problem
    assert "s3cret" not in problem
