"""The OpenAI engine against a server that counts for itself: one attempt, one reservation."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.interface import Request, Sampling
from culture_ray.engines.model import Model
from culture_ray.engines.openai.engine import OpenAiEngine
from culture_ray.errors import CapReached, MissingKey, ModelStops
from tests.api_server.running import api_server
from tests.engines.accounts import RecordingAccount

SAMPLING = Sampling(temperature=0.7, top_p=0.9, max_tokens=200)
SCHEMA = json.dumps({"type": "object", "properties": {"stances": {"type": "array"}}})
KEY_VARIABLE = "CULTURE_RAY_TEST_KEY"


@pytest.fixture(scope="module")
def shared():
    with api_server() as server:
        yield server


@pytest.fixture
def server(shared, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, shared.key)
    monkeypatch.setattr("culture_ray.engines.openai.engine.backoff_s", lambda *_: 0.0)
    shared.change(
        key=shared.key,
        limits={"rpm": None, "tpm": None, "charge": "sum", "headers": True},
        answers={"seconds": 0.0, "cached": 0.0, "tier": None},
        storm={"rates": {}},
    )
    return shared


@pytest.fixture(params=["chat", "responses"])
def form(request):
    return request.param


def ask(server, *requests, account=None, api=None, form="chat", folder=None):
    """Send through a started engine; return the responses and the account."""
    account = RecordingAccount() if account is None else account
    api = api or ApiSettings(
        form=form, base_url=server.base_url, key_variable=KEY_VARIABLE, timeout_s=5
    )

    async def run(folder):
        engine = OpenAiEngine(Model("openai", "openai", "gpt-test", api=api), account, folder)
        await engine.start()
        try:
            return await asyncio.gather(*(engine.generate(r) for r in requests))
        finally:
            await engine.close()

    with TemporaryDirectory() as scratch:
        return asyncio.run(run(folder or Path(scratch))), account


def plain(name="r1", prompt="Describe ten citizens.", **changes):
    return Request(name, prompt, SAMPLING, **changes)


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


def test_a_rate_refusal_is_waited_out_and_costs_nothing(server):
    server.next("rate", "rate")
    (response,), account = ask(server, plain())
    assert response.text
    assert account.outcomes == ["void", "void", "settled"]
    assert account.pauses == [0.2, 0.2]
    assert [a.attempt for a in account.asks.values()] == [1, 1, 1]


def test_a_request_that_alone_is_refused_for_its_rate_fails_at_last(server, monkeypatch):
    monkeypatch.setattr("culture_ray.engines.openai.engine.MAX_RATE_LIMITS", 5)
    server.next(*["rate"] * 5)
    (response,), account = ask(server, plain())
    assert response.failure.startswith("HTTP 429")
    assert account.outcomes == [*["void"] * 5, "settled"], "the last is a control"
    server.next(*["rate"] * 12)
    (response,), _ = ask(server, plain("r2"))
    assert response.text, "nobody is answered meanwhile"


@pytest.mark.parametrize("fault", ["quota", "unauthorised", "forbidden", "bad_request"])
def test_what_the_provider_refuses_to_all_stops_the_model_and_says_so(server, fault):
    server.next(*[fault] * 3)
    account = RecordingAccount()
    with pytest.raises(ModelStops, match="gpt-test cannot be used: HTTP 4"):
        ask(server, plain(), account=account)
    assert account.outcomes == ["void"] * 3
    [reason] = account.stops
    assert reason.startswith("gpt-test cannot be used: HTTP 4")


def test_what_stops_a_model_leaves_all_its_requests_unasked(server):
    server.next(*["bad_request"] * 3)
    account = RecordingAccount()

    async def all_of_them(folder):
        api = ApiSettings(base_url=server.base_url, key_variable=KEY_VARIABLE)
        engine = OpenAiEngine(Model("openai", "openai", "gpt-test", api=api), account, folder)
        await engine.start()
        try:
            await asyncio.gather(engine.generate(plain("first")), return_exceptions=True)
            return await asyncio.gather(
                *(engine.generate(plain(f"r{n}")) for n in range(50)), return_exceptions=True
            )
        finally:
            await engine.close()

    with TemporaryDirectory() as scratch:
        ends = asyncio.run(all_of_them(Path(scratch)))
    assert all(isinstance(end, ModelStops) for end in ends)
    assert len(account.asks) == 3, "nothing more was sent"


@pytest.mark.parametrize("fault", ["unauthorised", "forbidden"])
def test_a_refusal_that_passes_is_asked_again(server, fault):
    server.next(fault)
    (response,), account = ask(server, plain())
    assert response.text
    assert account.outcomes == ["void", "settled", "settled"]
    assert not account.stops


def test_a_bad_request_is_recorded_once_the_model_answers_a_control(server):
    server.next("bad_request")
    (response,), account = ask(server, plain())
    assert response.text is None
    assert response.failure.startswith("HTTP 400 invalid_value")
    assert account.outcomes == ["void", "settled"]
    assert [ask.request_id[:8] for ask in account.asks.values()] == ["r1", "control-"]
    assert account.asks["t1"].output_tokens <= 16


@pytest.mark.parametrize(
    ("fault", "ended", "busy"),
    [
        ("error", "given up", 1),
        ("unavailable", "void", 1),
        ("conflict", "void", 0),
        ("dropped_before", "given up", 1),
        ("dropped_after", "given up", 1),
        ("truncated", "given up", 0),
    ],
)
def test_what_may_pass_is_sent_again_under_a_reservation_of_its_own(server, fault, ended, busy):
    server.next(fault)
    (response,), account = ask(server, plain())
    assert response.text
    assert account.outcomes == [ended, "settled"]
    assert [a.attempt for a in account.asks.values()] == [1, 2]
    assert response.attempts == 2
    assert account.overloads == busy


@pytest.mark.slow
def test_a_timeout_stays_charged_and_is_sent_again(server):
    server.change(storm={"stall_s": 3.0})
    server.next("stall")
    api = ApiSettings(base_url=server.base_url, key_variable=KEY_VARIABLE, timeout_s=0.5)
    (response,), account = ask(server, plain(), api=api)
    assert response.text
    assert account.outcomes == ["given up", "settled"]
    waited = "none within 0.5 s, raise api.timeout_s to wait longer"
    assert account.ends["t0"][1] == f"no answer in time: {waited}"


def test_attempts_end_and_the_row_says_why(server):
    server.next("error", "error")
    api = ApiSettings(base_url=server.base_url, key_variable=KEY_VARIABLE, attempts=2)
    (response,), account = ask(server, plain(), api=api)
    assert response.text is None
    assert response.failure.startswith("HTTP 500 server_error")
    assert response.failure.endswith("(sent 2 times)")
    assert account.outcomes == ["given up", "given up", "settled"], "the last is a control"


def test_attempts_do_not_end_while_nothing_is_answered(server):
    """An outage of any length: as many 503s as one likes, and no failed row."""
    server.next(*["unavailable"] * 7)
    api = ApiSettings(base_url=server.base_url, key_variable=KEY_VARIABLE, attempts=2)
    (first, second), account = ask(server, plain("a"), plain("b"), api=api)
    assert first.text
    assert second.text
    assert [fault.reason[:8] for fault in account.faults] == ["HTTP 503"] * 7
    assert account.outcomes.count("void") == 7


class Impatient(RecordingAccount):
    """Account whose model is given up after the third fault."""

    async def reserve(self, ask):
        if len(self.faults) >= 3:
            raise ModelStops("given up")
        return await super().reserve(ask)


def test_a_server_that_is_not_there_costs_nothing_and_fails_nothing(server):
    api = ApiSettings(base_url="http://127.0.0.1:9/v1", key_variable=KEY_VARIABLE, attempts=1)
    account = Impatient()
    with pytest.raises(ModelStops, match="given up"):
        ask(server, plain(), api=api, account=account)
    assert account.outcomes == ["void"] * 3
    assert all(fault.reason.startswith("could not connect") for fault in account.faults)


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


def test_what_the_provider_says_of_the_key_is_not_repeated(server):
    server.next(*["unauthorised"] * 3)
    with pytest.raises(ModelStops) as stopped:
        ask(server, plain())
    assert server.key not in str(stopped.value)
    assert "[key]" in str(stopped.value)


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


def test_every_request_has_its_seed_and_a_repair_another_one(server):
    from culture_ray.engines.openai.body import request_body

    request = plain()
    first, second = (
        request_body(request, "m", ApiSettings(), unreadable=n)["seed"] for n in (0, 1)
    )
    assert first == request.seed
    assert second != first


def test_fields_of_the_body_can_be_added_and_taken_out(server):
    from culture_ray.engines.openai.body import request_body

    api = ApiSettings(body={"reasoning_effort": "low", "temperature": None})
    body = request_body(plain(), "m", api)
    assert body["reasoning_effort"] == "low"
    assert "temperature" not in body
    assert body["service_tier"] == "default"
    assert "service_tier" not in request_body(plain(), "m", replace(api, base_url="http://x/v1"))


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


@pytest.mark.slow
def test_llmocks_limits_are_obeyed(llmock):
    llmock.limits(rpm=10_000, tpm=1_000_000).rate_limit(times=1, retry_after=0.05)
    api = ApiSettings(base_url=llmock.base_url())
    (first, second), account = ask(None, plain("a"), plain("b"), api=api)
    assert first.text
    assert second.text
    assert sorted(account.outcomes) == ["settled", "settled", "void"]
    assert account.pauses == [0.05]
    assert all(record.sdk_retry_count in (None, 0) for record in llmock.requests)
