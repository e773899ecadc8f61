"""Batches of providers that answer in odd ways: one test per kind."""

from __future__ import annotations

import pytest

from culture_ray.engines.openai.batch import collector
from culture_ray.engines.openai.evidence import is_control
from tests.engines.openai.batch.odd_asking import ask, texts
from tests.engines.openai.batch.odd_server import OddServer, answered, error

pytestmark = pytest.mark.slow


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
