"""An outage holds the requests of batches, and ends with the first answer."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.engines.openai.batch.engine import OpenAiBatchEngine
from culture_ray.engines.openai.batch.index import BatchIndex
from culture_ray.engines.openai.batch.outage import BatchOutage
from culture_ray.engines.openai.evidence import is_control
from tests.engines.accounts import RecordingAccount
from tests.engines.openai.batch import batching
from tests.engines.openai.batch.odd_server import OddServer, answered, error, running

pytestmark = pytest.mark.slow

OVERLOADED = {"error": {"message": "overloaded, try again in 0.01 s", "code": "overloaded"}}


def down(batches):
    """Return a service whose first batches have no answer."""

    def rows(n, names):
        response = {"status_code": 503, "body": OVERLOADED}
        return [{"custom_id": x, "response": response} for x in names] if n <= batches else []

    return OddServer(
        output=lambda n, names: [] if n <= batches else [answered(x) for x in names], errors=rows
    )


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv(batching.KEY_VARIABLE, "a-key")
    monkeypatch.setattr("culture_ray.spending.breaker.FIRST_PROBE_S", 0.02)
    monkeypatch.setattr("culture_ray.spending.breaker.LONGEST_PROBE_S", 0.02)


@pytest.fixture
def account():
    return RecordingAccount()


def ask(server, account, folder, count=6):
    with running(server):
        model = batching.model(server.base_url, gather_s=0.02, poll_s=0.01)
        engine = OpenAiBatchEngine(model, account, folder, "run 1")
        return asyncio.run(batching.ask(engine, batching.requests(count)))


def test_requests_wait_for_probes_of_one_and_a_control_and_none_fails(account, tmp_path):
    server = down(7)
    found = ask(server, account, tmp_path)
    assert [r.text for r in found] == ["1. Yes."] * 6
    assert [len(names) for names in server.sent] == [6, *[2] * 7, 5]
    for probe in server.sent[1:-1]:
        assert [is_control(name) for name in probe] == [False, True]
    assert not any(map(is_control, server.sent[-1]))
    assert {account.asks[f"t{n}"].request_id for n in range(6)} == set(server.sent[0])
    assert [fault.reason[:8] for fault in account.faults] == ["HTTP 503"] * (5 + 6 * 2)
    assert set(server.paid.values()) == {1}
    assert set(account.outcomes) == {"void", "settled"}


def test_a_later_session_begins_with_a_probe(account, tmp_path, monkeypatch):
    server, add, calls = down(2), BatchIndex.add, []

    async def crashing(self, *args):
        calls.append(args)
        if len(calls) == 3:
            raise RuntimeError("killed")
        return await add(self, *args)

    monkeypatch.setattr(BatchIndex, "add", crashing)
    assert {type(error) for error in ask(server, account, tmp_path)} == {RuntimeError}
    found = ask(server, account.next_session(), tmp_path)
    assert [r.text for r in found] == ["1. Yes."] * 6
    assert [len(names) for names in server.sent] == [6, 2, 2, 5]
    assert set(server.paid.values()) == {1}


def failing(poison):
    """Return a service that always fails with some requests."""

    def failed(n, names):
        response = {"status_code": 500, "body": OVERLOADED}
        return [{"custom_id": x, "response": response} for x in names if x in poison]

    return OddServer(
        output=lambda n, names: [answered(x) for x in names if x not in poison], errors=failed
    )


@pytest.mark.parametrize("poison", [{"r002"}, {"r000", "r001", "r002", "r003", "r004"}])
def test_requests_that_fail_while_controls_are_answered_are_failed_rows(poison, account, tmp_path):
    server = failing(poison)
    found = ask(server, account, tmp_path)
    assert {r.request_id for r in found if r.text is None} == poison
    assert {r.attempts for r in found if r.text is None} == {5}
    assert all("HTTP 500 overloaded" in r.failure for r in found if r.text is None)
    assert [len(names) for names in server.sent] == [6, *[len(poison) + 1] * 4]
    assert all(any(map(is_control, names)) for names in server.sent[1:])


def test_the_only_request_of_a_model_is_told_apart_by_controls(account, tmp_path):
    server = failing({"r000"})
    (found,) = ask(server, account, tmp_path, count=1)
    assert "HTTP 500 overloaded" in found.failure
    assert len(server.sent) <= 7


def test_faults_of_the_service_are_told_and_its_return_too(account, tmp_path):
    returned = []

    async def noted(ticket):
        returned.append(ticket)

    account.answered = noted
    server = OddServer(retrieve=lambda n: error("down", status=503) if n <= 2 else None)
    found = ask(server, account, tmp_path)
    assert [r.text for r in found] == ["1. Yes."] * 6
    assert [fault.reason[:8] for fault in account.faults] == ["HTTP 503"] * 2
    assert returned[0] == ""


@given(st.lists(st.sampled_from(["failed", "other", "withdrawn", "sent"]), max_size=30))
def test_one_probe_at_a_time_and_never_none_for_ever(steps):
    outage, now = BatchOutage(lambda: 1.0), 0.0
    outage.failed("first", None, now)
    probe, count = None, 0
    for step in steps:
        now += 7.0
        if step == "sent" and outage.is_probe_due(now):
            assert probe is None
            count += 1
            probe = f"p{count}"
            outage.probe_sent(probe)
        elif step == "other":
            outage.failed("another", 600.0, now)
        elif step != "sent" and probe is not None:
            outage.failed(probe, None, now) if step == "failed" else outage.withdrawn(probe, now)
            probe = None
        assert outage.is_open
    if probe is None:
        assert outage.is_probe_due(now + 60.0)
    outage.answered()
    assert not (outage.is_open or outage.is_probe_due(now + 1e6))
