"""Remedies name the setting to change when a model stops."""

from __future__ import annotations

import pytest

from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.openai.problems import Problem
from culture_ray.engines.openai.remedies import remedy

API = ApiSettings(base_url="https://user:secret@example.org/v1", key_variable="LAB_KEY")


def status(number: int, message: str = "", param: str | None = None) -> Problem:
    return Problem("status", message, number, None, param)


@pytest.mark.parametrize(
    ("problem", "setting"),
    [
        (status(401), "LAB_KEY"),
        (status(400, "API key not valid. Please pass a valid API key."), "LAB_KEY"),
        (status(402, "Insufficient credits"), "credit"),
        (status(400, "Your credit balance is too low"), "credit"),
        (status(404, "The model `x` does not exist"), "source"),
        (status(400, "unknown", "model"), "source"),
        (status(407, "Proxy Authentication Required"), "HTTPS_PROXY"),
        (status(429, "monthly spending limit"), "credit"),
        (status(405, "Method Not Allowed"), "api.base_url (https://example.org/v1)"),
        (status(301), "api.base_url"),
        (status(403, "Country not supported"), "region"),
        (status(422, "Extra inputs", "store"), "api.body={store: null}"),
        (status(400, "no"), "api.body"),
        (Problem("body", "the answer is not JSON"), "api.base_url"),
        (Problem("unsent", "CERTIFICATE_VERIFY_FAILED"), "certificate"),
    ],
)
def test_the_setting_is_named(problem: Problem, setting: str) -> None:
    assert setting in remedy(problem, API)
    assert "secret" not in remedy(problem, API)


def test_a_server_that_wants_a_key_after_all_is_said_as_such() -> None:
    assert "api.key_variable" in remedy(status(401), ApiSettings(key_variable=None))
