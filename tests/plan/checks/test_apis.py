"""An `api` part that cannot work is refused before anything is sent, in one line."""

from __future__ import annotations

import pytest

from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.model import Model
from culture_ray.errors import BadApiSettings
from culture_ray.plan.billing import terms_of
from culture_ray.spending.prices import Prices

PRICED, FREE = Prices(input=2.0, output=8.0), Prices(input=0.0, output=0.0)


def check(prices=PRICED, **api):
    terms_of("lab", Model("openai", "lab", "m", api=ApiSettings(**api), prices=prices))


@pytest.mark.parametrize(
    ("api", "words"),
    [
        ({"base_url": "https://me:pw@gpu/v1"}, "model lab: api.base_url holds a user name"),
        ({"headers": {"api-key": "s3cret"}}, "model lab: api.headers.api-key is a secret"),
        ({"body": {"max_completion_tokens": None}}, "api.body removes max_completion_tokens"),
        ({"body": {"extra_body": {"max_completion_tokens": None}}}, "no cap can hold"),
        ({"form": "responses", "body": {"max_output_tokens": None}}, "no cap can hold"),
        ({"body": {"max_tokens": "many"}}, "api.body.max_tokens is 'many'"),
        ({"body": {"max_tokens": 0}}, "expected a number of tokens"),
        ({"body": {"stream": True}}, "api.body.stream has no use"),
        ({"body": {"messages": []}}, "api.body.messages holds the prompts"),
    ],
)
def test_what_cannot_work_is_refused(api, words):
    with pytest.raises(BadApiSettings) as refused:
        check(**api)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "api",
    [
        {"body": {"max_completion_tokens": None, "max_tokens": 600}},
        {"body": {"top_k": 20}},
        {"output_limit": "max_tokens"},
    ],
)
def test_a_body_with_some_limit_can_be_used(api):
    check(**api)


def test_a_model_that_costs_nothing_needs_no_limit():
    check(FREE, body={"max_completion_tokens": None})
