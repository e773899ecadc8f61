"""Batches that a provider refuses, with or without saying why: one test per kind."""

from __future__ import annotations

import pytest

from culture_ray.errors import ModelStops
from tests.engines.openai.batch.odd_asking import ask, texts
from tests.engines.openai.batch.odd_server import OddServer, failed

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("code", ["billing_hard_limit_reached", "insufficient_quota", ""])
def test_a_batch_refused_for_billing_stops_the_model_and_asks_nothing(code, account, tmp_path):
    words = {"code": code, "message": "Your credit balance is too low", "line": None}
    server = OddServer(end=lambda n, names: failed(words))
    found = ask(server, account, tmp_path)
    assert {type(response) for response in found} == {ModelStops}
    assert "Your credit balance is too low" in str(found[0])
    assert set(account.outcomes) == {"void"}
    server.end = lambda n, names: {}
    assert texts(ask(server, account.next_session(), tmp_path)) == ["1. Yes."] * 6


def test_the_others_are_sent_without_a_bad_line_and_it_gets_a_second_chance(account, tmp_path):
    bad = {"code": "invalid_json_line", "message": "not parseable as valid JSON", "line": 3}
    server = OddServer(end=lambda n, names: failed(bad) if n == 1 else {})
    assert texts(ask(server, account, tmp_path)) == ["1. Yes."] * 6
    assert server.sent[1:] == [["r000", "r001", "r003", "r004", "r005"], ["r002"]]
    assert set(server.paid.values()) == {1}


def test_a_line_that_stays_bad_is_one_failed_row(account, tmp_path):
    def end(n, names):
        lines = [i for i, name in enumerate(names, 1) if name == "r002"]
        return (
            failed(*({"code": "bad", "message": "no", "line": i} for i in lines)) if lines else {}
        )

    found = ask(OddServer(end=end), account, tmp_path)
    assert [r.text is None for r in found] == [False, False, True, False, False, False]
    assert found[2].failure == "the batch failed: bad: no"


@pytest.mark.slow
def test_a_bad_request_that_is_not_named_is_found_by_halving(account, tmp_path):
    words = {"code": "invalid_file", "message": "something is wrong", "line": None}
    server = OddServer(end=lambda n, names: failed(words) if "r004" in names else {})
    found = ask(server, account, tmp_path, 8)
    assert [i for i, r in enumerate(found) if r.text is None] == [4]
    assert "something is wrong" in found[4].failure
    assert set(server.paid.values()) == {1}


@pytest.mark.slow
def test_a_provider_that_takes_no_batch_at_all_stops_the_model(account, tmp_path):
    words = {"code": "model_not_supported", "message": "not available in batches", "line": None}
    server = OddServer(end=lambda n, names: failed(words))
    found = ask(server, account, tmp_path, 64)
    assert {type(response) for response in found} == {ModelStops}
    assert "not available in batches" in str(found[0])
    assert len(server.batches) < 16


def test_a_provider_that_blames_every_line_stops_the_model(account, tmp_path):
    def end(n, names):
        return failed(*({"code": "no", "message": "n", "line": i + 1} for i in range(len(names))))

    server = OddServer(end=end)
    assert {type(r) for r in ask(server, account, tmp_path)} == {ModelStops}
    assert len(server.batches) == 2


def test_requests_that_all_fail_alike_stop_the_model_and_are_asked_the_next_time(account, tmp_path):
    body = {"error": {"message": "Unsupported value: 'temperature'", "code": "unsupported_value"}}
    server = OddServer(
        output=lambda n, names: [],
        errors=lambda n, names: [
            {"custom_id": name, "response": {"status_code": 400, "body": body}} for name in names
        ],
    )
    found = ask(server, account, tmp_path)
    assert {type(response) for response in found} == {ModelStops}
    assert "Unsupported value: 'temperature'" in str(found[0])
    mended = OddServer()
    assert texts(ask(mended, account.next_session(), tmp_path)) == ["1. Yes."] * 6
