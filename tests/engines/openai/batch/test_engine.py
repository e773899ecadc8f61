"""The batch engine against a server that counts for itself."""

from __future__ import annotations

import asyncio

import pytest

from culture_ray.engines.openai.batch.engine import OpenAiBatchEngine
from culture_ray.engines.openai.batch.journal import BatchJournal
from culture_ray.engines.openai.evidence import is_control
from culture_ray.errors import CapReached, EngineFailed, ModelStops
from tests.api_server.running import api_server
from tests.api_server.settings import Batching, Settings
from tests.engines.accounts import RecordingAccount
from tests.engines.openai.batch import batching


@pytest.fixture
def server(monkeypatch):
    with api_server(Settings(batching=Batching(share=1.0))) as server:
        monkeypatch.setenv(batching.KEY_VARIABLE, server.key)
        yield server


@pytest.fixture
def account():
    return RecordingAccount()


def engine(server, account, folder, **limits):
    return OpenAiBatchEngine(batching.model(server.base_url, **limits), account, folder, "run 1")


async def until(condition):
    for _ in range(600):
        if condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the condition was never met")


def ask(server, account, folder, asked, **limits):
    return asyncio.run(batching.ask(engine(server, account, folder, **limits), asked))


@pytest.mark.slow
def test_a_batch_answers_each_request_and_is_settled_at_half_price(server, account, tmp_path):
    asked = batching.requests(12)
    found = ask(server, account, tmp_path, asked)
    assert [r.request_id for r in found] == [r.request_id for r in asked]
    assert all(r.text.startswith("1. Citizen 1") for r in found)
    assert len({r.text for r in found}) > 1
    assert {a.tier for a in account.asks.values()} == {"batch"}
    assert not any(a.limited for a in account.asks.values())
    assert {usage.tier for _, usage in account.ends.values()} == {"batch"}
    stats = server.stats()
    assert len(stats["batches"]) == 1
    assert stats["batches"][0]["metadata"]["culture_ray_run"] == "run 1"
    used = sum(2 * u.input_tokens + 8 * u.output_tokens for _, u in account.ends.values()) / 1e6
    assert stats["dollars"] == pytest.approx(used / 2)


@pytest.mark.slow
def test_batches_are_cut_at_the_providers_limits(server, account, tmp_path):
    ask(server, account, tmp_path / "a", batching.requests(10), most_requests=4)
    sizes = [b["request_counts"]["total"] for b in server.stats()["batches"]]
    assert sizes == [4, 4, 2]
    server.change(batching={"most_bytes": 2000})
    found = ask(server, account, tmp_path / "b", batching.requests(30), most_bytes=2000)
    assert all(r.text for r in found)
    assert all(b["status"] == "completed" for b in server.stats()["batches"])


@pytest.mark.slow
def test_batches_wait_for_room_among_the_enqueued_tokens(server, account, tmp_path):
    server.change(batching={"share": None, "lines_per_s": 40.0, "enqueued_tokens": 150.0})
    asked = batching.requests(40)
    found = ask(server, account, tmp_path, asked, enqueued_tokens=600, most_requests=8)
    assert all(r.text for r in found)
    assert {b["status"] for b in server.stats()["batches"]} == {"completed"}
    assert max(server.stats()["paid"].values()) == 1


@pytest.mark.slow
def test_a_limit_nobody_wrote_down_is_learned_from_the_refusal(server, account, tmp_path):
    server.change(batching={"share": None, "lines_per_s": 200.0, "enqueued_tokens": 150.0})
    found = ask(server, account, tmp_path, batching.requests(40))
    assert all(r.text for r in found)
    stats = server.stats()
    assert "failed" in {b["status"] for b in stats["batches"]}
    assert max(stats["paid"].values()) == 1
    assert account.outcomes.count("settled") == 40
    assert set(account.outcomes) == {"settled", "void"}


def test_what_expires_is_sent_again_and_nothing_twice(server, account, tmp_path):
    server.change(batching={"share": 0.5, "expired": True})
    asked = batching.requests(10)

    async def run():
        one = engine(server, account, tmp_path)
        await one.start()
        answers = [asyncio.create_task(one.generate(r)) for r in asked]
        await until(lambda: len(server.stats()["batches"]) >= 2)
        server.change(batching={"share": 1.0, "expired": False})
        found = await asyncio.gather(*answers)
        await one.close()
        return found

    found = asyncio.run(run())
    assert all(r.text for r in found)
    stats = server.stats()
    assert set(stats["paid"].values()) == {1}
    assert len(stats["paid"]) == 10
    assert account.outcomes.count("settled") == 10
    assert 2 in {a.attempt for a in account.asks.values()}


def test_lines_that_fail_are_merged_in_and_sent_again(server, account, tmp_path):
    server.change(batching={"failing_lines": 0.34})
    found = ask(server, account, tmp_path, batching.requests(12))
    assert all(r.text for r in found)
    assert set(server.stats()["paid"].values()) == {1}
    controls = sum(is_control(bound.request_id) for bound in account.asks.values())
    assert account.outcomes.count("settled") == 12 + controls
    assert account.outcomes.count("given up") > 0


def test_a_batch_that_the_provider_finds_too_large_is_divided(server, account, tmp_path):
    server.change(batching={"most_requests": 5})
    found = ask(server, account, tmp_path, batching.requests(9))
    assert all(r.text for r in found)
    assert set(server.stats()["paid"].values()) == {1}
    assert account.outcomes.count("void") == account.outcomes.count("settled") == 9


@pytest.mark.slow
def test_a_cancelled_batch_keeps_what_is_done_and_the_next_session_asks_the_rest(
    server, account, tmp_path
):
    server.change(batching={"share": 0.5})
    asked = batching.requests(8)

    async def run():
        one = engine(server, account, tmp_path)
        await one.start()
        answers = [asyncio.create_task(one.generate(r)) for r in asked]
        await until(lambda: [each for each in one._batches.open_batches if each.batch])
        await one.cancel()
        found = await asyncio.gather(*answers, return_exceptions=True)
        await one.close()
        return found

    found = asyncio.run(run())
    stopped = [r for r in found if isinstance(r, ModelStops)]
    assert len(stopped) == 4
    assert "was cancelled; run the same command to send the rest" in str(stopped[0])
    server.change(batching={"share": 1.0})
    found = ask(server, account.next_session(), tmp_path, asked[4:])
    assert all(r.text for r in found)
    assert set(server.stats()["paid"].values()) == {1}


def test_over_the_cap_the_rest_is_sent_and_then_the_cap_is_told(server, tmp_path):
    account = RecordingAccount(most=5)
    found = ask(server, account, tmp_path, batching.requests(8))
    assert sum(isinstance(r, CapReached) for r in found) == 3
    assert sum(getattr(r, "text", None) is not None for r in found) == 5
    assert account.outcomes == ["settled"] * 5


def test_a_lost_answer_to_create_makes_no_second_batch(server, account, tmp_path):
    server.next("dropped_after", path="/v1/batches")
    found = ask(server, account, tmp_path, batching.requests(4))
    assert all(r.text for r in found)
    assert len(server.stats()["batches"]) == 1


def test_an_upload_that_fails_is_tried_again(server, account, tmp_path):
    server.next("unavailable", "dropped_before", path="/v1/files")
    assert all(r.text for r in ask(server, account, tmp_path, batching.requests(4)))


def test_a_wrong_key_stops_the_model(server, account, tmp_path, monkeypatch):
    monkeypatch.setenv(batching.KEY_VARIABLE, "another-key")
    found = ask(server, account, tmp_path, batching.requests(3))
    assert {type(r) for r in found} == {ModelStops}
    assert "gpt-test cannot be used in batches: HTTP 401" in str(found[0])
    assert "another-key" not in str(found[0])


@pytest.mark.slow
def test_an_answered_request_is_answered_from_the_journal(server, account, tmp_path):
    asked = batching.requests(6)
    first = ask(server, account, tmp_path, asked)
    again = ask(server, RecordingAccount(), tmp_path / "other", asked[:1])
    assert again[0].text == first[0].text
    assert server.stats()["paid"]["r000"] == 2, "another journal sends it again"
    paid = server.stats()["paid"]
    found = ask(server, account.next_session(), tmp_path, asked)
    assert [r.text for r in found] == [r.text for r in first]
    assert server.stats()["paid"] == paid


def test_two_processes_cannot_work_on_one_journal(tmp_path, monkeypatch):
    monkeypatch.setattr("culture_ray.engines.openai.batch.journal.LOCK_WAIT_S", 0.3)
    journal = BatchJournal(tmp_path)
    journal.open()
    with pytest.raises(EngineFailed, match="another process is working on these batches"):
        BatchJournal(tmp_path).open()
    journal.close()
    BatchJournal(tmp_path).open()
