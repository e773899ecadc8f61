"""Batches of providers that lose files, and files of ours that are lost: one test per kind."""

from __future__ import annotations

import json

import pytest

from culture_ray.errors import ModelStops
from tests.engines.openai.batch.odd_asking import KEY, ask, texts
from tests.engines.openai.batch.odd_server import OddServer, answered, error, failed

pytestmark = pytest.mark.slow


@pytest.mark.slow
def test_an_output_file_that_is_gone_is_looked_for_and_its_requests_are_sent_again(
    account, tmp_path
):
    server = OddServer(
        content=lambda n, name: error("No such File", status=404) if n <= 5 else None
    )
    found = ask(server, account, tmp_path)
    assert texts(found) == ["1. Yes."] * 6
    assert [len(names) for names in server.sent] == [6, 6]
    assert account.outcomes.count("settled") == account.outcomes.count("given up") == 6
    assert account.notices == [
        "batch b0: its file f1 is gone; what has no answer is sent again, at most 3 times in all"
    ]
    again = ask(server, account.next_session(), tmp_path)
    assert texts(again) == texts(found), "the next start is not stuck"
    assert len(server.batches) == 2


def test_a_file_that_comes_late_is_not_paid_for_twice(account, tmp_path):
    server = OddServer(
        content=lambda n, name: error("No such File", status=404) if n <= 2 else None
    )
    assert texts(ask(server, account, tmp_path)) == ["1. Yes."] * 6
    assert len(server.batches) == 1


@pytest.mark.slow
def test_requests_whose_files_are_always_gone_fail_with_the_reason(account, tmp_path):
    server = OddServer(content=lambda n, name: error("No such File", status=404))
    found = ask(server, account, tmp_path, 2)
    assert [r.failure for r in found] == [
        "unreadable answer: the batch's files lack this request: its file f5 is gone (sent 3 times)"
    ] * 2
    assert len(server.batches) == 3


def test_a_file_that_is_not_there_yet_is_waited_for(account, tmp_path):
    refusal = error("Cannot find file f0, or project proj_x does not have access to it.")
    server = OddServer(create=lambda n: refusal if n <= 2 else None)
    assert texts(ask(server, account, tmp_path)) == ["1. Yes."] * 6
    assert (server.calls["upload"], len(server.batches)) == (1, 1)


@pytest.mark.slow
def test_a_file_that_never_comes_is_uploaded_again(account, tmp_path):
    server = OddServer(create=lambda n: error("No such file: f0", status=404) if n <= 8 else None)
    assert texts(ask(server, account, tmp_path)) == ["1. Yes."] * 6
    assert (server.calls["upload"], len(server.batches)) == (2, 1)


def test_a_file_over_the_providers_limit_is_divided(account, tmp_path):
    server = OddServer(
        upload=lambda n, text: error("too large", status=413) if text.count("\n") > 2 else None
    )
    assert texts(ask(server, account, tmp_path)) == ["1. Yes."] * 6
    assert max(map(len, server.sent)) == 2 or max(map(len, server.sent)) == 1


@pytest.mark.slow
def test_a_record_that_cannot_be_read_is_set_aside(account, tmp_path):
    assert texts(ask(OddServer(), account, tmp_path)) == ["1. Yes."] * 6
    (record,) = tmp_path.glob("*.json")
    for content in (b"", b"{", b"[]", b'{"key": 3}', b"\xff\xfe", record.read_bytes()[:100]):
        record.write_bytes(content)
        server = OddServer()
        assert texts(ask(server, account.next_session(), tmp_path)) == ["1. Yes."] * 6
        assert len(server.batches) == 1
        assert record.with_name(f"{record.name}.unreadable").read_bytes() == content
        for made in tmp_path.glob("*.json"):
            made.unlink()


def test_an_input_file_that_is_missing_is_written_anew(account, tmp_path):
    stopped = OddServer(upload=lambda n, text: error("no", "invalid_api_key", 401))
    assert {type(r) for r in ask(stopped, account, tmp_path)} == {ModelStops}
    (tmp_path / next(tmp_path.glob("*.input.jsonl")).name).unlink()
    assert texts(ask(OddServer(), account.next_session(), tmp_path)) == ["1. Yes."] * 6


@pytest.mark.slow
def test_no_file_holds_a_key_that_the_service_sends_back(account, tmp_path):
    echoed = json.dumps(KEY)[1:-1]

    def output(n, names):
        rows = [answered(name, f"my key is {KEY}") for name in names[1:]]
        return [*rows, {"custom_id": names[0], "error": {"message": f"key {KEY}", "code": KEY}}]

    server = OddServer(output=output)
    found = ask(server, account, tmp_path)
    refused = failed({"code": KEY, "message": f"bad key {echoed}", "line": 1})
    found += ask(OddServer(end=lambda n, names: refused), account, tmp_path / "other", 2)
    files = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    said = [str(end) for end in account.ends.values()] + [str(r) for r in found]
    assert not [text for text in files + said if KEY in text or echoed in text]
    assert found[1].text == "my key is [key]"
