"""The OpenAI engine against a server that counts for itself: one attempt, one reservation."""

from __future__ import annotations

import asyncio
import json

import pytest

from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.model import Model
from culture_ray.engines.openai.engine import OpenAiEngine
from culture_ray.errors import CapReached, MissingKey
from tests.engines.accounts import RecordingAccount
from tests.engines.openai.asking import KEY_VARIABLE, SAMPLING, SCHEMA, ask, plain


def test_an_answer_is_settled_on_what_it_says_it_used(server, form):
    server.change(answers={"cached": 0.5})
    before = server.stats()["dollars"]
    (response,), account = ask(server, plain(system="You are helpful."), form=form)
    assert response.text.startswith("1. Citizen 1")
    assert response.finish_reason == "stop"
    (how, usage) = account.ends["t0"]
    assert how == "settled"
    assert usage.cached_tokens == int(0.5 * usage.input_tokens)
    assert (response.prompt_tokens, response.output_tokens) == (
        usage.input_tokens,
        usage.output_tokens,
    )
    assert response.dollars == pytest.approx(
        (2 * usage.input_tokens + 8 * usage.output_tokens) / 1e6
    )
    assert server.stats()["dollars"] > before
    assert account.closed


def test_the_reservation_bounds_what_is_billed(server, form):
    request = plain(prompt="Æ ø å " * 40, system="Svar på dansk.", schema=SCHEMA)
    (_,), account = ask(server, request, form=form)
    asked, (_, usage) = account.asks["t0"], account.ends["t0"]
    assert asked.input_tokens >= usage.input_tokens
    assert asked.output_tokens == SAMPLING.max_tokens >= usage.output_tokens
    assert asked.stage == "elicit"


def test_flex_is_asked_for_and_settled_at_the_tier_that_served(server, form):
    api = ApiSettings(form=form, base_url=server.base_url, key_variable=KEY_VARIABLE, tier="flex")
    (_,), account = ask(server, plain(), api=api)
    assert account.asks["t0"].tier == account.ends["t0"][1].tier == "flex"
    server.change(answers={"tier": "default"})
    (_,), account = ask(server, plain(), api=api)
    assert account.asks["t0"].tier == "flex"
    assert account.ends["t0"][1].tier == "standard"


def test_structured_output_comes_as_the_schema_says(server, form):
    request = plain(prompt="<text>in favour, against", schema=SCHEMA)
    (response,), _ = ask(server, request, form=form)
    assert json.loads(response.text)["stances"] == ["pro", "con"]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("refusal", "refused: I'm sorry"), ("content_filter", "content filter")],
)
def test_refusals_and_filters_are_reasons_and_are_paid(server, form, fault, reason):
    server.next(fault)
    (response,), account = ask(server, plain(schema=SCHEMA), form=form)
    assert response.text is None
    assert reason in response.failure
    assert account.outcomes == ["settled"]


def test_an_answer_cut_by_its_limit_keeps_its_text(server, form):
    server.next("length")
    (response,), account = ask(server, plain(schema=SCHEMA), form=form)
    assert response.finish_reason == "length"
    assert response.text
    assert account.outcomes == ["settled"]


def test_malformed_json_is_asked_again_once_and_then_kept_as_it_is(server, form):
    server.next("malformed")
    (response,), account = ask(server, plain(schema=SCHEMA), form=form)
    assert json.loads(response.text)
    assert account.outcomes == ["settled", "settled"]
    assert response.dollars == pytest.approx(
        sum((2 * u.input_tokens + 8 * u.output_tokens) / 1e6 for _, u in account.ends.values())
    )
    server.next("malformed", "malformed")
    (response,), account = ask(server, plain(schema=SCHEMA), form=form)
    with pytest.raises(ValueError, match=r"delimiter|Unterminated|Expecting"):
        json.loads(response.text)
    assert response.finish_reason == "stop"
    assert account.outcomes == ["settled", "settled"]


def test_the_cap_stops_before_anything_is_sent(server):
    before = server.stats()["admitted"]
    with pytest.raises(CapReached):
        ask(server, plain(), account=RecordingAccount(most=0))
    assert server.stats()["admitted"] == before


def test_limits_are_heard_from_every_answer(server):
    server.change(limits={"rpm": 600, "tpm": 60000})
    server.next("bad_request")
    (_, _), account = ask(server, plain("a"), plain("b"))
    assert len(account.headers) == len(account.asks)
    assert all("x-ratelimit-remaining-tokens" in headers for headers in account.headers)


def test_a_missing_key_is_named_before_anything_is_sent(server, monkeypatch):
    monkeypatch.delenv(KEY_VARIABLE)
    before = server.stats()["admitted"]
    with pytest.raises(MissingKey, match=rf"gpt-test needs an API key.*{KEY_VARIABLE}"):
        ask(server, plain())
    assert server.stats()["admitted"] == before


def test_options_come_with_their_probabilities(server, form):
    (response,), account = ask(server, plain(options=("2", "1", "9", "x")), form=form)
    assert response.probabilities == pytest.approx((0.25, 0.5, 2**-9, 0.0))
    assert account.asks["t0"].output_tokens in (1, 16)


def test_options_are_asked_plainly_where_probabilities_are_not_to_be_had(server, form):
    api = ApiSettings(
        form=form, base_url=server.base_url, key_variable=KEY_VARIABLE, logprobs=False
    )
    (response,), account = ask(server, plain(options=("1", "2")), api=api)
    assert response.text
    assert response.probabilities is None
    assert account.asks["t0"].output_tokens == SAMPLING.max_tokens


@pytest.mark.slow
def test_an_answer_that_is_not_stored_yet_is_not_paid_again(server, tmp_path):
    (first,), account = ask(server, plain(), folder=tmp_path)
    (second,), later = ask(server, plain(), folder=tmp_path, account=account.next_session())
    assert second == first
    assert len(later.asks) == 1, "nothing was reserved"
    assert later.outcomes == ["settled"], "a settlement that was lost is made up for"


@pytest.mark.slow
def test_what_is_under_way_when_nobody_waits_any_more_is_kept(server, tmp_path):
    server.change(answers={"seconds": 0.5})
    account = RecordingAccount()
    api = ApiSettings(base_url=server.base_url, key_variable=KEY_VARIABLE)

    async def drained():
        engine = OpenAiEngine(Model("openai", "openai", "gpt-test", api=api), account, tmp_path)
        await engine.start()
        asked = asyncio.create_task(engine.generate(plain()))
        await asyncio.sleep(0.2)
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
        await engine.close()

    asyncio.run(drained())
    assert account.outcomes == ["settled"]
    (response,), later = ask(server, plain(), folder=tmp_path, account=account.next_session())
    assert response.text
    assert len(later.asks) == 1
