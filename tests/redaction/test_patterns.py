"""Keys and credentials are recognised by their form."""

from __future__ import annotations

import pytest

from culture_ray.redaction.patterns import credentials_in, is_variable_name, looks_like_key


@pytest.mark.parametrize(
    "value",
    [
        "sk-proj-A1b2C3d4E5f6G7h8", "sk-ant-api03-abcdefghijk", "gsk_abcdefghijklmnop1234",
        "AIzaSyA1234567890abcdefghijk", "hf_abcdefghijklmnopqrst", "Bearer abcdefghijk",
        "xai-abcdefghijklmnop1234", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0",
    ],
)  # fmt: skip
def test_a_key_of_a_provider_looks_like_one(value):
    assert looks_like_key(value)
    assert not is_variable_name(value)


@pytest.mark.parametrize(
    "value", ["gpt-4o", "risk-assessment-of-models", "gemma_2_27b", "json_object", "2024-10-21"]
)
def test_a_name_does_not_look_like_a_key(value):
    assert not looks_like_key(value)


@pytest.mark.parametrize(
    "value",
    ["OPENAI_API_KEY", "my_key", "AZURE_OPENAI_KEY_2", "KEY", "culture_ray_test_key_2",
     "CULTURE_RAY_TEST_KEY"],
)  # fmt: skip
def test_the_name_of_a_variable_is_one(value):
    assert is_variable_name(value)


@pytest.mark.parametrize(
    "value",
    ["a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6", "my-key", "two words", "", "pA55w0rdpA55w0rdpA55w0"],
)
def test_a_key_in_place_of_a_variable_is_no_name(value):
    assert not is_variable_name(value)


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("https://me:pass@host/v1", "a user name or password"),
        ("https://token@host/v1", "a user name or password"),
        ("https://host/v1?api_key=abc", "the parameter api_key"),
        ("https://host/v1?key=abc", "the parameter key"),
        ("https://host/sk-abcdefghijklmn/v1", "a key"),
        ("https://host/openai?api-version=2024-10-21", None),
        ("http://[::1]:8000/v1", None),
        ("http://[broken/v1", None),
    ],
)
def test_credentials_in_an_address_are_named_without_showing_them(address, what):
    assert credentials_in(address) == what
