"""A sweep that costs money, in one process or on a real Ray: the server counts its own dollars."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from culture_ray.store.shards import read
from tests.api_server.running import Running, api_server
from tests.conftest import Said

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.timeout(900)]

CULTURE_RAY = (sys.executable, "-m", "culture_ray.cli.main")
SIZE = (
    "experiment=quickstart",
    "language=[en]",
    "protocol=[hypothetical_interviews]",
    "topics.only=[f118,f120]",
    "run=paid",
    "design.prompts_per_language=40",
    "cluster.unit_size=8",
    "stages=[elicit,judge]",
)


def _words(server: Running, cap: float) -> tuple[str, ...]:
    given = [
        f"++{key}.{rest}"
        for key in ("model.gpt_4o", "judge.gpt_4_1.model")
        for rest in (
            f"api.base_url='{server.base_url}'",
            "prices={input: 2.0, output: 8.0, cached_input: 0.5}",
            "limits={requests_per_minute: 3000, tokens_per_minute: 2000000}",
        )
    ]
    chosen = ("model=[gpt_4o]", "judge=[gpt_4_1]", f"spending.cap_dollars={cap}")
    return (*SIZE, *chosen, *given)


def _rows(folder: Path, kind: str) -> pa.Table:
    return pa.concat_tables([read(path) for path in sorted((folder / kind).rglob("*.arrow"))])


def test_a_run_stops_at_its_cap_and_goes_on_with_a_higher_one_paying_nothing_twice(
    in_a_process: Callable[..., Said], workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = workplace / "results" / "paid"
    with api_server() as server:
        monkeypatch.setenv("OPENAI_API_KEY", server.key)
        on_ray = "cluster.share_process=false"
        first = in_a_process(*CULTURE_RAY, "sweep", *_words(server, 0.03), on_ray)
        assert first.code == 3, first.err
        assert "spending cap is reached" in first.out
        assert "spending.cap_dollars" in first.out
        assert "Ray and vLLM write to" in first.out
        stopped = server.stats()
        assert 0.02 < stopped["dollars"] <= 0.03

        second = in_a_process(*CULTURE_RAY, "sweep", *_words(server, 5))
        assert second.code == 0, second.err
        assert "Ray" not in second.out
        stats = server.stats()
    assert _rows(folder, "responses").num_rows == 40
    labels = _rows(folder, "labels")
    assert labels.num_rows == 40
    assert max(stats["paid"].values()) == 1
    spending = read(folder / "spending" / "spending.arrow")
    assert sum(spending.column("dollars").to_pylist()) == pytest.approx(stats["dollars"])
    assert set(spending.column("stage").to_pylist()) == {"elicit", "judge"}

    said = in_a_process(*CULTURE_RAY, "status", "run=paid")
    assert f"spent: ${stats['dollars']:.4f} of $5" in said.out


def test_a_judge_behind_an_api_is_checked_within_its_cap_and_paid_once(
    in_a_process: Callable[..., Said], workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with api_server() as server:
        monkeypatch.setenv("OPENAI_API_KEY", server.key)
        reached = [
            f"++judge.gpt_4_1.model.{rest}"
            for rest in (
                f"api.base_url={server.base_url}",
                "prices={input: 2.0, output: 8.0, cached_input: 0.5}",
                "limits={requests_per_minute: 3000, tokens_per_minute: 2000000}",
            )
        ]
        words = (
            *CULTURE_RAY, "judge-check", "judge=[gpt_4_1]", "language=[da]",
            "spending.cap_dollars=2", *reached,
        )  # fmt: skip
        first = in_a_process(*words)
        assert first.code == 0, first.err + first.out
        assert "judge gpt_4_1 on 60 gold responses" in first.out
        stats = server.stats()
        again = in_a_process(*words)
        assert again.code == 0, again.err
        assert server.stats()["dollars"] == stats["dollars"]
    assert max(stats["paid"].values()) == 1
    ledger = read(workplace / "results" / "judge-check" / "spending" / "spending.arrow")
    assert sum(ledger.column("dollars").to_pylist()) == pytest.approx(stats["dollars"])
    assert list((workplace / "results" / "judge-check" / "gpt_4_1").glob("*/check.json"))


def test_a_model_without_one_usable_response_is_not_complete_and_asked_again_on_request(
    in_a_process: Callable[..., Said], workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = workplace / "results" / "paid"
    with api_server() as server:
        monkeypatch.setenv("OPENAI_API_KEY", server.key)
        words = (*_words(server, 5), "stages=[elicit]", "design.prompts_per_language=8")
        server.change(storm={"rates": {"content_filter": 1.0}})
        first = in_a_process(*CULTURE_RAY, "sweep", *words)
        assert first.code == 3, first.err
        assert "no usable response: elicit gpt_4o: 8 of 8 failed" in first.out
        assert first.out.splitlines()[-1].endswith("gpt_4o (exit code 3)")
        rows = _rows(folder, "responses")
        assert rows["text"].null_count == rows.num_rows == 8

        server.change(storm={"rates": {}})
        same = in_a_process(*CULTURE_RAY, "sweep", *words)
        assert same.code == 3, same.err

        again = in_a_process(*CULTURE_RAY, "sweep", *words, "retry=failed")
        assert again.code == 0, again.err
        assert "retry=failed: 8 failed requests are asked again" in again.out
    after = _rows(folder, "responses")
    assert sorted(after["request_id"].to_pylist()) == sorted(rows["request_id"].to_pylist())
    assert after["text"].null_count == 0
    assert read(folder / "spending" / "spending.arrow").num_rows == 16


def test_a_bad_key_leaves_every_request_unasked_and_an_outage_is_waited_out(
    in_a_process: Callable[..., Said], workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = workplace / "results" / "paid"
    with api_server() as server:
        words = (*_words(server, 5), "stages=[elicit]", "design.prompts_per_language=24")
        monkeypatch.setenv("OPENAI_API_KEY", "another-key-0123456789")
        first = in_a_process(*CULTURE_RAY, "sweep", *words)
        assert first.code == 3, first.err
        assert "environment variable OPENAI_API_KEY" in first.out
        assert not list((folder / "responses").rglob("*.arrow"))
        assert sum(server.stats()["statuses"].values()) < 8

        monkeypatch.setenv("OPENAI_API_KEY", server.key)
        server.next(*["unavailable"] * 12)
        second = in_a_process(*CULTURE_RAY, "sweep", *words)
        assert second.code == 0, second.err
        assert "elicit gpt_4o: waiting for the provider since" in second.out
        assert "elicit gpt_4o: the provider answers again" in second.out
        dollars = server.stats()["dollars"]
    assert _rows(folder, "responses")["text"].null_count == 0
    spending = read(folder / "spending" / "spending.arrow")
    assert sum(spending["dollars"].to_pylist()) == pytest.approx(dollars)
