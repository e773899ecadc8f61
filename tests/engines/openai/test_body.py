"""Bodies of requests to an API."""

from __future__ import annotations

from dataclasses import replace

from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.openai.body import request_body
from tests.engines.openai.asking import plain


def test_every_request_has_its_seed_and_a_repair_another_one():
    request = plain()
    first, second = (
        request_body(request, "m", ApiSettings(), unreadable=n)["seed"] for n in (0, 1)
    )
    assert first == request.seed
    assert second != first


def test_fields_of_the_body_can_be_added_and_taken_out():
    api = ApiSettings(body={"reasoning_effort": "low", "temperature": None})
    body = request_body(plain(), "m", api)
    assert body["reasoning_effort"] == "low"
    assert "temperature" not in body
    assert body["service_tier"] == "default"
    assert "service_tier" not in request_body(plain(), "m", replace(api, base_url="http://x/v1"))
