"""A benchmark with steps on the embedded model, under real Ray, through kills: nothing is lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pyarrow.dataset as ds
import pytest

from tests.chaos import killing

pytestmark = [pytest.mark.engine, pytest.mark.cluster, pytest.mark.slow, pytest.mark.timeout(1800)]

STEPS = """
# @package benchmark.steps
source: {files: steps.csv, licence: MIT}
items: {id: id, text: question}
languages: {en: en}
lists: {views: [farmer, teacher]}
conditions:
  plain: {}
  agents:
    steps:
      views: {for_each: views, prompt: "You are a {each}. {text}", max_tokens: 12}
      answer: {prompt: "{text}\\n{views}\\nOne answer:"}
prompts: "{text}"
answer: {kind: text}
sampling: {temperature: 0.7, max_tokens: 12}
scores: {repetition: {}}
"""


def _shards(run: Path) -> list[Path]:
    return sorted((run / "benchmarks").glob("*/answers/*/*/[!.]*.arrow"))


def _wait_for(condition: Callable[[], bool], driver: object, log: Path) -> None:
    deadline = time.monotonic() + 600
    while not condition():
        assert driver.poll() is None, log.read_text()[-2000:]  # type: ignore[attr-defined]
        assert time.monotonic() < deadline, log.read_text()[-2000:]
        time.sleep(0.3)


def test_benchmarks_end_whole_after_kills_of_engine_and_driver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "conf"
    (own / "benchmark").mkdir(parents=True)
    (own / "benchmark" / "steps.yaml").write_text(STEPS.lstrip(), encoding="utf-8")
    questions = "".join(f"{n},Why is it {n} o'clock?\n" for n in range(8))
    (own / "benchmark" / "steps.csv").write_text("id,question\n" + questions, encoding="utf-8")
    monkeypatch.setenv("CULTURE_RAY_CONF", str(own))
    command = [
        "-m", "culture_ray.cli.main", "sweep", "experiment=quickstart", "protocol=[]", "judge=[]",
        "benchmark=[quickstart,steps]", "run=real", f"results={tmp_path}", "language=[da,en]",
        "cluster.unit_size=6", "model.gemma_3_270m.in_flight=8",
        "model.gemma_3_270m.cpus_per_replica=1",
    ]  # fmt: skip
    run, log = tmp_path / "real", tmp_path / "screen.log"
    seen: set[int] = set()
    driver = killing.start(command, log)
    try:
        _wait_for(lambda: len(_shards(run)) >= 1, driver, log)
        seen.update(killing.descendants(driver))
        killing.kill(driver, "engine")
        before = len(_shards(run))
        _wait_for(lambda: len(_shards(run)) > before, driver, log)
        seen.update(killing.descendants(driver))
        driver.kill()
        driver.wait()
        driver = killing.start(command, log)
        assert driver.wait(timeout=900) == 0, log.read_text()[-2000:]
    finally:
        for pid in {*seen, *killing.descendants(driver), driver.pid}:
            try:
                psutil.Process(pid).kill()
            except psutil.NoSuchProcess:
                continue
    rows = ds.dataset(_shards(run), format="arrow").to_table().to_pandas()
    assert len(rows) == 2 * 2 * 12 + 8 * (1 + 2 + 1)
    assert rows["request_id"].is_unique
    assert rows["failure"].isna().all()
    options = rows[rows["benchmark"] == "quickstart"]
    assert options["probabilities"].map(lambda own: 0 < sum(own) <= 1.0001).all()
    last = rows[rows["step"].eq("answer") & rows["condition"].eq("agents")]
    views = rows[rows["step"] == "views"].set_index(["item", "part"])["text"]
    for row in last.itertuples():
        assert f"farmer: {views[row.item, 0]}" in row.prompt
        assert f"teacher: {views[row.item, 1]}" in row.prompt
    again = killing.start(command, log)
    assert again.wait(timeout=300) == 0
