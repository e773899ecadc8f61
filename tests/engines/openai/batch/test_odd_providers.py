"""Batches of providers that lose files, refuse and answer in odd ways: one test per kind."""

from __future__ import annotations

import asyncio
import json

import pytest

from culture_ray.engines.openai.batch import collector
from culture_ray.engines.openai.batch.engine import OpenAiBatchEngine
from culture_ray.engines.openai.evidence import is_control
from culture_ray.errors import ModelStops
from tests.engines.accounts import RecordingAccount
from tests.engines.openai.batch import batching
from tests.engines.openai.batch.odd_server import OddServer, answered, error, failed, running

pytestmark = pytest.mark.slow

KEY = 'odd-key "with quotes" 0123'


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv(batching.KEY_VARIABLE, KEY)


@pytest.fixture
def account():
    return RecordingAccount()


def ask(server, account, folder, count=6):
    with running(server):
        model = batching.model(server.base_url, gather_s=0.02, poll_s=0.01)
        engine = OpenAiBatchEngine(model, account, folder, "run 1")
        return asyncio.run(batching.ask(engine, batching.requests(count)))


def texts(found):
    return [getattr(response, "text", response) for response in found]


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


def test_a_file_over_the_providers_limit_is_divided(account, tmp_path):
    server = OddServer(
        upload=lambda n, text: error("too large", status=413) if text.count("\n") > 2 else None
    )
    assert texts(ask(server, account, tmp_path)) == ["1. Yes."] * 6
    assert max(map(len, server.sent)) == 2 or max(map(len, server.sent)) == 1


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


ODD_LINES = [
    {"id": "r", "response": {"status_code": 200, "body": {}}, "error": None},
    {"custom_id": None, "response": None}, {"custom_id": ["r000"]}, {"custom_id": "unknown"},
    "not JSON at all", "[1, 2]", "null", '"text"', "{" * 5000, "",
]  # fmt: skip


def test_lines_that_belong_to_no_request_are_left_out(account, tmp_path):
    def output(n, names):
        return [*ODD_LINES, *(answered(name) for name in names), answered(names[0], "twice")]

    server = OddServer(output=output)
    assert texts(ask(server, account, tmp_path)) == ["1. Yes."] * 6
    assert len(server.batches) == 1


@pytest.mark.parametrize(
    "row",
    [
        {}, {"response": None, "error": None}, {"response": [], "error": "text"},
        {"response": {"status_code": 200, "body": None}},
        {"response": {"status_code": 200, "body": "words"}},
        {"response": {"status_code": "200", "body": {"choices": []}}},
        {"response": {"status_code": None, "body": {"error": ["list"]}}},
        {"response": {"status_code": 500, "body": "<html>"}, "error": 3},
        {"response": None, "error": {"code": 7, "message": None}},
        {"response": None, "error": {"code": "batch_expired", "message": "late"}},
    ],
)  # fmt: skip
def test_a_line_without_an_answer_is_sent_again(row, account, tmp_path):
    def output(n, names):
        first = [row | {"custom_id": names[0]}] if n == 1 else [answered(names[0])]
        return first + [answered(name) for name in names[1:]]

    server = OddServer(output=output)
    assert texts(ask(server, account, tmp_path, 4)) == ["1. Yes."] * 4
    requests = [[name for name in names if not is_control(name)] for names in server.sent]
    assert requests == [["r000", "r001", "r002", "r003"], ["r000"]]


def test_an_answer_counts_before_an_error_of_the_same_request(account, tmp_path):
    late = {"custom_id": "r000", "response": None, "error": {"code": "x", "message": "y"}}
    server = OddServer(output=lambda n, names: [late, *(answered(name) for name in names)])
    assert texts(ask(server, account, tmp_path)) == ["1. Yes."] * 6


def test_missing_lines_are_sent_again_and_then_failed(account, tmp_path):
    server = OddServer(output=lambda n, names: [answered(x) for x in names if x != "r001"])
    found = ask(server, account, tmp_path, 3)
    assert [r.text for r in found] == ["1. Yes.", None, "1. Yes."]
    assert "the batch's files lack this request" in found[1].failure
    assert server.sent == [["r000", "r001", "r002"], ["r001"], ["r001"]]


def test_a_file_with_fewer_answers_than_the_provider_counts_is_downloaded_again(account, tmp_path):
    server = OddServer(end=lambda n, names: {"request_counts": {"completed": len(names)}})
    server.content = lambda n, name: (200, server.files[name][:200]) if n == 1 else None
    assert texts(ask(server, account, tmp_path)) == ["1. Yes."] * 6
    assert (len(server.batches), server.calls["content"]) == (1, 2)


@pytest.mark.parametrize("word", ["COMPLETED", "succeeded", "ended", "partially_completed"])
def test_other_words_for_the_end_of_a_batch_are_understood(word, account, tmp_path):
    server = OddServer(end=lambda n, names: {"status": word})
    assert texts(ask(server, account, tmp_path)) == ["1. Yes."] * 6


def test_an_unknown_word_is_over_when_the_provider_says_since_when(account, tmp_path):
    server = OddServer(end=lambda n, names: {"status": "archived", "completed_at": 5})
    assert texts(ask(server, account, tmp_path)) == ["1. Yes."] * 6


@pytest.mark.parametrize("times", [1, 2])
def test_a_batch_that_is_not_found_for_a_moment_is_looked_for(times, account, tmp_path):
    gone = error("No batch found with id 'b0'.", status=404)
    server = OddServer(retrieve=lambda n: gone if n <= times else None)
    assert texts(ask(server, account, tmp_path)) == ["1. Yes."] * 6
    assert len(server.batches) == 1


def test_a_batch_that_the_provider_has_lost_is_sent_again(account, tmp_path):
    gone = error("No batch found", status=404)
    server = OddServer(retrieve=lambda n: gone if n <= collector.LOOKS else None)
    assert texts(ask(server, account, tmp_path)) == ["1. Yes."] * 6
    assert len(server.batches) == 2
    assert account.outcomes.count("given up") == 6


@pytest.mark.parametrize("body", ["<html>login</html>", "[]", '{"id": 7}', "{}", "null"])
def test_answers_of_an_odd_shape_are_asked_for_again(body, account, tmp_path):
    server = OddServer(
        upload=lambda n, text: (200, body) if n == 1 else None,
        create=lambda n: (200, body) if n == 1 else None,
        retrieve=lambda n: (200, body) if n == 1 else None,
    )
    assert texts(ask(server, account, tmp_path)) == ["1. Yes."] * 6


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
