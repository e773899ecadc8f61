"""Real vLLM under a real Ray: kills of engine and driver, and Ctrl-C, cost no request.

One run of a study in every way of asking and of a benchmark with steps goes through all of them.
"""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import psutil
import pyarrow.dataset as ds
import pytest

from tests.api_server.running import api_server
from tests.chaos import killing

pytestmark = [pytest.mark.engine, pytest.mark.cluster, pytest.mark.slow, pytest.mark.timeout(1800)]

PROMPTS = 16
ASKED = 2 * PROMPTS
TOPICS = ("d054", "d059", "d060", "e069_02", "e069_04", "e069_05", "e069_08", "f118")
WAYS = {
    "option_probability": 1, "constrained_choice": 24, "free_sampling": 12,
    "verbalised_distribution": 24, "sequence": 12, "battery": 6,
}  # fmt: skip
"""Ways of asking besides interviews, and the most tokens of an answer (of each, in a battery)."""
OF_WAY = 4
"""Prompts of each way in each language: conversations of a sequence, and batteries."""
QUESTIONS = 8
WORDS, LAYERS = 16, 18
"""Words of the benchmark of latent language in Danish, and layers of the embedded model."""

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

KEY_VARIABLE = "CULTURE_RAY_TEST_KEY"


def command(results: Path, base_url: str) -> list[str]:
    """A sweep of the embedded model, whose judge is asked through an API and loads nothing."""
    judge = "judge.gpt_4_1.model"
    return [
        "-m", "culture_ray.cli.main", "sweep", "experiment=quickstart",
        f"protocol=[hypothetical_interviews_short,{','.join(WAYS)}]", "run=real",
        f"topics.only=[{','.join(TOPICS)}]",
        *(f"protocol.{way}.prompts_per_language={OF_WAY}" for way in WAYS),
        *(f"protocol.{way}.sampling.max_tokens={most}" for way, most in WAYS.items()),
        *(f"protocol.{way}.factors.typos=[0.0,0.05]" for way in WAYS),
        "benchmark=[quickstart,steps,latent_language]", f"results={results}",
        "language=[da,en]", f"design.prompts_per_language={PROMPTS}",
        "cluster.unit_size=4", "protocol.hypothetical_interviews.sampling.max_tokens=48",
        "model.gemma_3_270m.in_flight=8", "model.gemma_3_270m.cpus_per_replica=1",
        "judge=[gpt_4_1]", "spending.cap_dollars=5",
        f"+{judge}.api={{base_url: '{base_url}', key_variable: {KEY_VARIABLE}}}",
        f"+{judge}.prices={{input: 2.0, output: 8.0}}",
        f"+{judge}.limits={{requests_per_minute: 60000}}",
    ]  # fmt: skip


def shards(run: Path) -> int:
    """Number of committed shards of responses."""
    return len(list((run / "responses").rglob("*.arrow")))


def answer_shards(run: Path) -> list[Path]:
    """Committed shards of answers to benchmarks."""
    return sorted((run / "benchmarks").glob("*/answers/*/*/[!.]*.arrow"))


class Driver:
    """A sweep that is started again and again, and every process that it ever had."""

    def __init__(self, command: list[str], log: Path) -> None:
        self._command, self._log = command, log
        self.seen: set[int] = set()
        self.start()

    def start(self) -> None:
        self.process: subprocess.Popen[bytes] = killing.start(self._command, self._log)

    def wait_for(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 600
        while not condition():
            assert self.process.poll() is None, self._log.read_text()[-2000:]
            assert time.monotonic() < deadline, self._log.read_text()[-2000:]
            time.sleep(0.3)
        self.seen.update(killing.descendants(self.process))

    def end(self) -> None:
        for pid in {*self.seen, *killing.descendants(self.process), self.process.pid}:
            try:
                psutil.Process(pid).kill()
            except psutil.NoSuchProcess:
                continue


@pytest.fixture
def driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Driver]:
    """The driver of the sweep, with a server behind its judge."""
    own = tmp_path / "conf" / "benchmark"
    own.mkdir(parents=True)
    (own / "steps.yaml").write_text(STEPS.lstrip(), encoding="utf-8")
    questions = "".join(f"{n},Why is it {n} o'clock?\n" for n in range(QUESTIONS))
    (own / "steps.csv").write_text("id,question\n" + questions, encoding="utf-8")
    monkeypatch.setenv("CULTURE_RAY_CONF", str(own.parent))
    with api_server() as server:
        monkeypatch.setenv(KEY_VARIABLE, server.key)
        driver = Driver(command(tmp_path, server.base_url), tmp_path / "screen.log")
        yield driver
        driver.end()


def test_a_real_sweep_survives_its_engine_and_its_driver(tmp_path: Path, driver: Driver) -> None:
    run, log = tmp_path / "real", tmp_path / "screen.log"
    driver.wait_for(lambda: shards(run) >= 1)
    assert killing.kill(driver.process, "engine")
    before = shards(run)
    driver.wait_for(lambda: shards(run) > before + 1)
    driver.process.kill()
    driver.process.wait()

    driver.start()
    driver.wait_for(lambda: len(answer_shards(run)) >= 1)
    driver.process.send_signal(signal.SIGINT)
    assert driver.process.wait(timeout=300) == 75
    assert "Resume with: culture-ray sweep experiment=quickstart" in log.read_text()
    assert killing.wait_gone(sorted(driver.seen)) == [], "processes outlived their drivers"

    driver.start()
    assert driver.process.wait(timeout=900) == 0, log.read_text()[-2000:]
    check_study(run)
    check_benchmarks(run)
    check_ways(run)
    before = shards(run)
    driver.start()
    assert driver.process.wait(timeout=300) == 0
    assert shards(run) == before, "nothing is asked twice"


def check_study(run: Path) -> None:
    """Every request has one response and its labels; what was in the killed engine came again."""
    asked = ds.dataset(run / "requests", format="arrow").to_table().to_pandas()
    responses = ds.dataset(run / "responses", format="arrow").to_table().to_pandas()
    labels = ds.dataset(run / "labels", format="arrow").to_table().to_pandas()
    interviews = asked["protocol"] == "hypothetical_interviews"
    assert interviews.sum() == ASKED
    assert asked["request_id"].is_unique
    assert sorted(responses["request_id"]) == sorted(asked["request_id"])
    assert set(labels["response_id"]) == set(asked["request_id"])
    assert len(labels) == asked["items"].map(lambda of: 1 if of is None else len(of)).sum()
    assert responses["attempts"].max() >= 2, "the unit in the killed engine was asked again"
    assert responses["failure"].isna().all()
    assert (responses["output_tokens"] > 0).any()
    assert "too weak to say anything about culture" in (run / "report.html").read_text()


def check_ways(run: Path) -> None:
    """Each way was answered in both variants, and its effects on the figures are reported."""
    responses = ds.dataset(run / "responses", format="arrow").to_table().to_pandas()
    before = responses["after"].map(lambda topics: 0 if topics is None else len(topics))
    for way in WAYS:
        of_way = responses[responses["protocol"] == way]
        assert of_way["variant"].isna().sum() == len(of_way) / 2, "each prompt in both variants"
        assert (before[of_way.index] == 0).sum() == 2 * 2 * OF_WAY
    assert set(responses.loc[before > 0, "protocol"]) == {"sequence"}
    assert before.max() == 3
    answered = responses.set_index(["language", "template", "wording", "variant", "topic"])
    assert answered.index[answered["protocol"] == "sequence"].is_unique
    effects = pd.read_csv(run / "robustness.csv")
    effects = effects[effects["check"] == "effect of asking"]
    for way in WAYS:
        typos = effects["what"].str.contains("typos=0.05 minus typos=0")
        assert (typos & effects["what"].str.contains(f"protocol {way})", regex=False)).any()
        if way != "option_probability":
            assert effects["what"].str.contains(f"protocol={way} minus protocol=").any()
    assert effects.loc[effects["estimate"].isna(), "reason"].notna().all()


def check_benchmarks(run: Path) -> None:
    """Every item has its answers once, and steps hold the answers of the steps before."""
    rows: pd.DataFrame = ds.dataset(answer_shards(run), format="arrow").to_table().to_pandas()
    assert len(rows) == 2 * 2 * 12 + QUESTIONS * (1 + 2 + 1) + WORDS
    assert rows["request_id"].is_unique
    assert rows["failure"].isna().all()
    options = rows[rows["benchmark"] == "quickstart"]
    assert options["probabilities"].map(lambda own: 0 < sum(own) <= 1.0001).all()
    read = rows.loc[rows["benchmark"].eq("latent_language"), "layers"]
    assert all(len(layers) == LAYERS for layers in read)
    assert all(0 <= share <= 1 for layers in read for layer in layers for share in layer)
    figures = pd.read_csv(run / "benchmarks.csv")
    assert {"own language, layer 1", f"English, layer {LAYERS}"} <= set(figures["category"])
    assert list((run / "figures").glob("benchmark_latent_language_layers.*"))
    last = rows[rows["step"].eq("answer") & rows["condition"].eq("agents")]
    views = rows[rows["step"] == "views"].set_index(["item", "part"])["text"]
    for row in last.itertuples():
        assert f"farmer: {views[row.item, 0]}" in row.prompt
        assert f"teacher: {views[row.item, 1]}" in row.prompt
