"""A sweep through an API in one process loses and repeats nothing, whatever signal ends it."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import psutil
import pyarrow.dataset as ds
import pytest

from tests.api_server.running import Running, api_server
from tests.api_server.settings import Answers, Settings
from tests.chaos import killing

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

KEY_VARIABLE = "CULTURE_RAY_TEST_KEY"
PROMPTS, IN_FLIGHT, CAP = 96, 8, 10.0
CODE = """
import sys
from culture_ray.cli.main import main
try:
    main(sys.argv[1:])
finally:
    print("loaded:", *sorted({"ray", "torch", "statsmodels", "scipy"} & set(sys.modules)))
"""


def _words(results: Path, base_url: str) -> list[str]:
    api = f"{{base_url: '{base_url}', key_variable: {KEY_VARIABLE}}}"
    words = [
        "experiment=quickstart", f"results={results}", "run=one", "language=[en]",
        "model=[gpt_4o]", "judge=[gpt_4_1]", "protocol=[hypothetical_interviews]",
        f"design.prompts_per_language={PROMPTS}", "cluster.unit_size=4", "stages=[elicit,judge]",
        f"spending.cap_dollars={CAP}",
    ]  # fmt: skip
    for model in ("model.gpt_4o", "judge.gpt_4_1.model"):
        words += [
            f"++{model}.api={api}",
            f"{model}.in_flight={IN_FLIGHT}",
            f"++{model}.most_replicas=null",
            f"+{model}.prices={{input: 2.0, output: 8.0}}",
        ]
    return words


def _after_more_answers(driver: subprocess.Popen[bytes], server: Running, more: int) -> None:
    """Wait until the server has answered `more` requests than now."""
    enough = len(server.stats()["paid"]) + more
    while len(server.stats()["paid"]) < enough:
        assert driver.poll() is None, "it ended too early"
        time.sleep(0.05)


def test_signals_and_kills_lose_no_answer_and_leave_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, run = tmp_path / "driver.log", tmp_path / "one"
    with api_server(Settings(answers=Answers(seconds=0.4))) as server:
        monkeypatch.setenv(KEY_VARIABLE, server.key)
        command = ["-c", CODE, "sweep", *_words(tmp_path, server.base_url)]
        ends = []
        for number in (signal.SIGINT, signal.SIGKILL, signal.SIGTERM):
            driver = killing.start(command, log)
            try:
                _after_more_answers(driver, server, 12)
                assert psutil.Process(driver.pid).children(recursive=True) == []
                driver.send_signal(number)
                ends.append(driver.wait(60))
            finally:
                driver.kill()
                driver.wait()
        driver = killing.start(command, log)
        ends.append(driver.wait(300))
        stats = server.stats()
    said = log.read_text()
    assert ends == [75, -signal.SIGKILL, 75, 0], said[-3000:]
    assert said.splitlines()[-1] == "loaded:"
    asked = ds.dataset(run / "requests", format="arrow").to_table()["request_id"].to_pylist()
    responses = ds.dataset(run / "responses", format="arrow").to_table()
    labels = ds.dataset(run / "labels", format="arrow").to_table()
    assert sorted(responses["request_id"].to_pylist()) == sorted(asked)
    assert sorted(labels["response_id"].to_pylist()) == sorted(asked)
    assert len(asked) == PROMPTS
    assert responses["text"].null_count == 0
    again = sum(stats["paid"].values()) - len(stats["paid"])
    assert again <= 2 * IN_FLIGHT, "only the interrupt and the kill cut requests in flight"
    spending = ds.dataset(run / "spending" / "spending.arrow", format="arrow").to_table()
    assert stats["dollars"] <= sum(spending["dollars"].to_pylist()) <= CAP
    assert list((run / "claims").iterdir()) == []
    assert not list((run / "spending" / "answers").rglob("*.jsonl"))
