"""Keys in the configuration are refused in one line that never shows them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from culture_ray.config.secret_checks import refuse_keys
from culture_ray.errors import KeyInConfiguration
from tests.conftest import Said

KEY = "sk-proj-A1b2C3d4E5f6G7h8"
MODEL = "model.gpt_4o"


@pytest.mark.parametrize(
    ("api", "place"),
    [
        ({"key": "my own words"}, "api.key"),
        ({"api_key": 1234}, "api.api_key"),
        ({"key_variable": KEY}, "api.key_variable"),
        ({"key_variable": "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6"}, "api.key_variable"),
        ({"base_url": "https://me:hidden@host.example/v1"}, "api.base_url"),
        ({"base_url": "https://host.example/v1?api-key=hidden"}, "api.base_url"),
        ({"headers": {"api-key": "0123456789abcdef"}}, "api.headers.api-key"),
        ({"headers": {"Authorization": "Bearer hidden"}}, "api.headers.Authorization"),
        ({"body": {"metadata": {"note": f"with {KEY}"}}}, "api.body.metadata.note"),
        ({"body": {"list": ["a", KEY]}}, "api.body.list.1"),
    ],
)
def test_a_key_is_refused_with_the_line_to_change(api: dict[str, object], place: str) -> None:
    for group, prefix, entry in (
        ("model", MODEL, {"gpt_4o": {"api": api}}),
        ("judge", "judge.gpt_4_1.model", {"gpt_4_1": {"model": {"api": api}}}),
    ):
        with pytest.raises(KeyInConfiguration) as refused:
            refuse_keys({group: entry})
        message = str(refused.value)
        assert message.startswith(f"{prefix}.{place} holds ")
        assert "variable" in message and "\n" not in message
        for secret in (KEY, "hidden", "a1b2c3", "0123456789abcdef", "my own words", "1234"):
            assert secret not in message


def test_settings_without_keys_pass() -> None:
    api = {
        "base_url": "https://host.example/openai?api-version=2024-10-21",
        "key_variable": "AZURE_KEY_2",
        "headers": {
            "api-key": "$AZURE_KEY_2",
            "X-Title": "culture_ray",
            "Authorization": "Bearer $K",
        },
        "body": {"reasoning": {"effort": "low"}, "user": "me", "max_tokens": None},
    }
    refuse_keys({"model": {"gpt_4o": {"source": "gpt-4o", "api": api}}, "judge": {}})


@pytest.mark.parametrize(
    "word",
    [
        f"++{MODEL}.api.key={KEY}",
        f"++{MODEL}.api.key_variable={KEY}",
        f"++{MODEL}.env.OPENAI_API_KEY={KEY}",
        f"{MODEL}.api.key={KEY}",
        f"{MODEL}.api.[key={KEY}",
        KEY,
    ],
)
@pytest.mark.slow
def test_the_console_never_prints_a_key_that_it_is_given(
    culture_ray: Callable[..., Said], word: str
) -> None:
    said = culture_ray("plan", "experiment=quickstart", "model=[gpt_4o]", word)
    assert said.complaint
    assert KEY not in said.out + said.err
