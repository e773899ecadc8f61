"""Ratings of a benchmark's answers by an API judge, on a real Ray, within the run's dollar cap."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from culture_ray.store.shards import read
from tests.api_server.running import Running, api_server
from tests.conftest import Said

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.timeout(900)]

ITEMS = 24
FILE = """
# @package benchmark.customs
source: {files: customs.csv, licence: MIT}
items: {id: id, text: question}
languages: {en: en}
prompts: "{text}"
answer: {kind: text}
sampling: {max_tokens: 300}
rubric:
  prompt: "Rate the answer."
  fields: {polite: {flag: true}, tone: {one_of: [warm, cold]}, clear: {number: [1, 5]}}
scores: {polite: {share: polite, is: "true"}, clear: {figure: mean, of: clear}}
"""


def _words(server: Running, cap: float, stages: str) -> tuple[str, ...]:
    given = [
        f"++{key}.{rest}"
        for key in ("model.gpt_4o", "judge.gpt_4_1.model")
        for rest in (
            f"api.base_url='{server.base_url}'",
            "prices={input: 2.0, output: 8.0, cached_input: 0.5}",
            "limits={requests_per_minute: 3000, tokens_per_minute: 2000000}",
        )
    ]
    return (
        sys.executable, "-m", "culture_ray.cli.main", "sweep", "experiment=quickstart",
        "protocol=[]", "language=[en]", "run=rated", "cluster.unit_size=8", "model=[gpt_4o]",
        "judge=[gpt_4_1]", "benchmark=[customs]", f"stages=[{stages}]",
        f"spending.cap_dollars={cap}", *given,
    )  # fmt: skip


def test_ratings_stop_at_the_cap_and_go_on_with_a_higher_one_paying_nothing_twice(
    in_a_process: Callable[..., Said], workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conf = workplace / "culture_ray_conf" / "benchmark"
    conf.mkdir(parents=True)
    (conf / "customs.yaml").write_text(FILE, encoding="utf-8")
    rows = "".join(f"{n},How does one greet {n}?\n" for n in range(ITEMS))
    (conf / "customs.csv").write_text("id,question\n" + rows, encoding="utf-8")
    folder = workplace / "results" / "rated"
    with api_server() as server:
        monkeypatch.setenv("OPENAI_API_KEY", server.key)
        answered = in_a_process(*_words(server, 5, "benchmark"))
        assert answered.code == 0, answered.err + answered.out
        cap = round(server.stats()["dollars"] + 0.012, 4)
        stopped = in_a_process(*_words(server, cap, "benchmark,judge,measure"))
        assert stopped.code == 3, stopped.err + stopped.out
        assert "spending cap is reached" in stopped.out
        assert server.stats()["dollars"] <= cap
        done = in_a_process(*_words(server, 5, "benchmark,judge,measure"))
        assert done.code == 0, done.err + done.out
        stats = server.stats()
    assert max(stats["paid"].values()) == 1
    ratings = pa.concat_tables(
        [read(path) for path in (folder / "benchmarks").rglob("ratings/**/*.arrow")]
    )
    assert ratings.column("status").to_pylist() == ["rated"] * ITEMS
    spending = read(folder / "spending" / "spending.arrow")
    assert sum(spending.column("dollars").to_pylist()) == pytest.approx(stats["dollars"])
    assert set(spending.column("stage").to_pylist()) == {"benchmark", "judge"}
    figures = pd.read_csv(folder / "benchmarks.csv")
    assert set(figures["figure"]) == {"polite", "clear"}
    assert set(figures["judge"]) == {"gpt_4_1"}
