"""Faults of a server that counts for itself: one attempt, one reservation."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.model import Model
from culture_ray.engines.openai.engine import OpenAiEngine
from culture_ray.errors import ModelStops
from tests.engines.accounts import RecordingAccount
from tests.engines.openai.asking import KEY_VARIABLE, ask, plain


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


def test_what_the_provider_says_of_the_key_is_not_repeated(server):
    server.next(*["unauthorised"] * 3)
    with pytest.raises(ModelStops) as stopped:
        ask(server, plain())
    assert server.key not in str(stopped.value)
    assert "[key]" in str(stopped.value)


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
