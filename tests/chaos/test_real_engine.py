"""Real vLLM under a real Ray: kills of engine and driver, and Ctrl-C, cost no request."""

from __future__ import annotations

import signal
import time

import psutil
import pyarrow.dataset as ds
import pytest

from tests.api_server.running import api_server
from tests.chaos import killing

pytestmark = [pytest.mark.engine, pytest.mark.cluster, pytest.mark.slow, pytest.mark.timeout(1800)]

PROMPTS = 16
ASKED = 2 * PROMPTS


KEY_VARIABLE = "CULTURE_RAY_TEST_KEY"


def command(results, base_url):
    """A sweep of the embedded model, whose judge is asked through an API and loads nothing."""
    judge = "judge.gpt_4_1.model"
    return [
        "-m",
        "culture_ray.cli.main",
        "sweep",
        "experiment=quickstart",
        "protocol=[hypothetical_interviews_short]",
        "run=real",
        f"results={results}",
        "language=[da,en]",
        f"design.prompts_per_language={PROMPTS}",
        "cluster.unit_size=4",
        "protocol.hypothetical_interviews.sampling.max_tokens=48",
        "model.gemma_3_270m.in_flight=8",
        "model.gemma_3_270m.cpus_per_replica=1",
        "judge=[gpt_4_1]",
        f"+{judge}.api={{base_url: '{base_url}', key_variable: {KEY_VARIABLE}}}",
        f"+{judge}.prices={{input: 2.0, output: 8.0}}",
        f"+{judge}.limits={{requests_per_minute: 60000}}",
        "spending.cap_dollars=5",
    ]


def shards(run):
    return len(list((run / "responses").rglob("*.arrow")))


def wait_for(condition, driver, log, seconds=400):
    deadline = time.monotonic() + seconds
    while not condition():
        assert driver.poll() is None, log.read_text()[-2000:]
        assert time.monotonic() < deadline, log.read_text()[-2000:]
        time.sleep(0.3)


@pytest.fixture
def sweeping(tmp_path, monkeypatch):
    """The command of the sweep, with a server behind its judge."""
    with api_server() as server:
        monkeypatch.setenv(KEY_VARIABLE, server.key)
        yield command(tmp_path, server.base_url)


def test_a_real_sweep_survives_its_engine_and_its_driver(tmp_path, sweeping):
    run, log = tmp_path / "real", tmp_path / "screen.log"
    seen = set()

    driver = killing.start(sweeping, log)
    try:
        wait_for(lambda: shards(run) >= 1, driver, log)
        seen.update(killing.descendants(driver))
        assert killing.kill(driver, "engine")
        before = shards(run)
        wait_for(lambda: shards(run) > before + 1, driver, log)
        seen.update(killing.descendants(driver))
        driver.kill()
        driver.wait()

        driver = killing.start(sweeping, log)
        before = shards(run)
        wait_for(lambda: shards(run) > before, driver, log)
        seen.update(killing.descendants(driver))
        driver.send_signal(signal.SIGINT)
        assert driver.wait(timeout=300) == 75
        assert "Resume with: culture-ray sweep experiment=quickstart" in log.read_text()
        assert killing.wait_gone(sorted(seen)) == [], "processes outlived their drivers"

        driver = killing.start(sweeping, log)
        assert driver.wait(timeout=600) == 0, log.read_text()[-2000:]
    finally:
        for pid in {*seen, *killing.descendants(driver), driver.pid}:
            try:
                psutil.Process(pid).kill()
            except psutil.NoSuchProcess:
                continue

    asked = ds.dataset(run / "requests", format="arrow").to_table()["request_id"].to_pylist()
    responses = ds.dataset(run / "responses", format="arrow").to_table().to_pandas()
    labels = ds.dataset(run / "labels", format="arrow").to_table().to_pandas()
    assert len(set(asked)) == ASKED
    assert sorted(responses["request_id"]) == sorted(asked)
    assert sorted(labels["response_id"]) == sorted(asked)
    assert responses["attempts"].max() >= 2, "the unit in the killed engine was asked again"
    assert responses["failure"].isna().all()
    assert (responses["output_tokens"] > 0).any()
    page = (run / "report.html").read_text()
    assert "too weak to say anything about culture" in page

    again = killing.start(sweeping, log)
    assert again.wait(timeout=300) == 0
    assert shards(run) == len(responses["request_id"]) / 4
