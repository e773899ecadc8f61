"""A parameter that lines of a batch are refused for is left out of all further lines."""

from __future__ import annotations

import asyncio
import json

import pytest

from culture_ray.engines.openai.batch.engine import OpenAiBatchEngine
from culture_ray.engines.openai.batch.index import BatchIndex
from culture_ray.errors import ModelStops
from tests.engines.accounts import RecordingAccount
from tests.engines.openai.batch import batching
from tests.engines.openai.batch.odd_server import OddServer, answered, running

pytestmark = pytest.mark.slow

REFUSAL = {"error": {"message": "Unsupported value: 'temperature'", "code": "unsupported_value"}}


class Particular(OddServer):
    """Service that refuses every line with a temperature."""

    def bodies(self, number):
        """Return the bodies of a batch by request id, the first batch being 1."""
        lines = self.files[self.batches[number - 1]["input_file_id"]].splitlines()
        return {line["custom_id"]: line["body"] for line in map(json.loads, lines)}


def particular():
    server = Particular()

    def refused(number):
        return {name for name, body in server.bodies(number).items() if "temperature" in body}

    def refusal(name):
        return {"custom_id": name, "response": {"status_code": 400, "body": REFUSAL}}

    server.output = lambda n, names: [answered(x) for x in names if x not in refused(n)]
    server.errors = lambda n, names: [refusal(x) for x in names if x in refused(n)]
    return server


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv(batching.KEY_VARIABLE, "a-key")


@pytest.fixture
def account():
    return RecordingAccount()


def ask(server, account, folder, asked):
    with running(server):
        model = batching.model(server.base_url, gather_s=0.02, poll_s=0.01)
        engine = OpenAiBatchEngine(model, account, folder, "run 1")
        return asyncio.run(batching.ask(engine, asked))


def test_refused_lines_are_sent_once_more_without_the_parameter_and_it_is_said(account, tmp_path):
    server = particular()
    found = ask(server, account, tmp_path, batching.requests(5))
    assert [(r.text, r.attempts) for r in found] == [("1. Yes.", 2)] * 5
    assert [len(names) for names in server.sent] == [5, 5]
    assert account.outcomes == ["void"] * 5 + ["settled"] * 5
    (notice,) = account.notices
    assert notice.startswith("temperature is left out, so that responses are sampled with the")


def test_a_crash_before_they_are_sent_again_loses_and_doubles_nothing(
    account, tmp_path, monkeypatch
):
    server, asked = particular(), batching.requests(5)
    add, calls = BatchIndex.add, []

    async def crashing(self, *args):
        calls.append(args)
        if len(calls) == 2:
            raise RuntimeError("killed")
        return await add(self, *args)

    monkeypatch.setattr(BatchIndex, "add", crashing)
    crashed = ask(server, account, tmp_path, asked)
    assert {type(error) for error in crashed} == {RuntimeError}
    found = ask(server, account.next_session(), tmp_path, asked)
    assert [r.text for r in found] == ["1. Yes."] * 5
    assert [len(names) for names in server.sent] == [5, 5]
    assert set(server.paid.values()) == {1}


def test_a_later_session_leaves_it_out_of_its_first_batch(account, tmp_path):
    server, asked = particular(), batching.requests(8)
    ask(server, account, tmp_path, asked[:5])
    found = ask(server, account.next_session(), tmp_path, asked[5:])
    assert [(r.text, r.attempts) for r in found] == [("1. Yes.", 1)] * 3
    assert [len(names) for names in server.sent] == [5, 5, 3]


def test_a_refusal_that_leaving_out_does_not_end_still_stops_the_model(account, tmp_path):
    server = particular()
    server.output = lambda n, names: []
    server.errors = lambda n, names: [
        {"custom_id": name, "response": {"status_code": 400, "body": REFUSAL}} for name in names
    ]
    found = ask(server, account, tmp_path, batching.requests(5))
    assert {type(r) for r in found} == {ModelStops}
    assert [len(names) for names in server.sent] == [5, 5]


def test_what_the_user_sets_in_the_body_is_not_left_out(account, tmp_path):
    server = particular()
    with running(server):
        model = batching.model(server.base_url, gather_s=0.02, poll_s=0.01)
        model.api.body["temperature"] = 0.3
        engine = OpenAiBatchEngine(model, account, tmp_path, "run 1")
        found = asyncio.run(batching.ask(engine, batching.requests(3)))
    assert {type(r) for r in found} == {ModelStops}
