"""A key that cannot be sent is one clear line that never contains it."""

from __future__ import annotations

import pytest

from culture_ray.engines.api_settings import ApiSettings
from culture_ray.errors import BadKey
from culture_ray.redaction.secrets import scrub


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("abcdefgh\nsecret", "a line break at character 9 of 15"),
        ("abcdefgh\rsecret", "a line break at character 9 of 15"),
        ("abc\x1bdefgh", "a control character at character 4 of 9"),
        ("abc\tdefgh", "a control character at character 4 of 9"),
        ("abcdefgh\u2019", "a character that is not ASCII at character 9 of 9"),
        ("\u201cabcdefgh", "a character that is not ASCII at character 1 of 9"),
        ("abcdefg\udcff", "a character that is not ASCII at character 8 of 8"),
    ],
)
def test_a_key_that_no_header_can_hold_is_refused_and_not_shown(monkeypatch, key, problem):
    monkeypatch.setattr("os.environ", {"MY_KEY": key})
    with pytest.raises(BadKey) as refused:
        ApiSettings(key_variable="MY_KEY").key("some_model")
    assert f"the environment variable MY_KEY holds {problem}" in str(refused.value)
    assert not any(part in str(refused.value) for part in ("abc", "secret"))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("key", ["with\"quotes'inside", "back\\slash%20&more", "with space in it"])
def test_a_key_of_printable_characters_is_used_and_known_as_a_secret(monkeypatch, key):
    monkeypatch.setenv("MY_KEY", f" {key}\n")
    assert ApiSettings(key_variable="MY_KEY").key("some_model") == key
    assert key not in scrub(f"your key {key} is wrong")
