"""A batch whose process is killed at any step of its life is taken up: all is paid once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.api_server.running import ROOT, api_server
from tests.api_server.settings import Batching, Settings
from tests.engines.openai.batch import batching

pytestmark = pytest.mark.slow

COUNT = 12


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The rows of a run that nobody disturbs."""
    with api_server(Settings(batching=Batching(share=1.0))) as server:
        return session(server, tmp_path_factory.mktemp("undisturbed"), "never")


def session(server, folder, step):
    """One process; returns its rows, or None when it was killed at the step."""
    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.engines.openai.batch.batching",
            folder,
            server.base_url,
            str(COUNT),
            step,
        ],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), batching.KEY_VARIABLE: server.key},
        timeout=300,
    )
    if ended.returncode == -signal.SIGKILL:
        return None
    assert ended.returncode == 0, ended.stderr[-3000:]
    return json.loads((folder / "rows.json").read_text())


def told(rows):
    """Rows without what depends on the time and the number of their attempts."""
    return [{k: v for k, v in row.items() if k not in ("seconds", "attempts")} for row in rows]


@pytest.mark.parametrize("step", batching.STEPS)
def test_a_kill_at_any_step_costs_nothing_and_changes_no_row(step, tmp_path, undisturbed):
    with api_server(Settings(batching=Batching(share=1.0))) as server:
        assert session(server, tmp_path, step) is None, f"nobody was killed {step}"
        rows = session(server, tmp_path, "never")
        check(server, tmp_path, rows, undisturbed)
        assert len(server.stats()["batches"]) == 1


@pytest.mark.parametrize("step", ["in progress", "before download", "after settling"])
def test_a_kill_around_an_expired_batch_pays_only_for_what_is_left(step, tmp_path, undisturbed):
    with api_server(Settings(batching=Batching(share=0.5, expired=True))) as server:
        assert session(server, tmp_path, step) is None
        server.change(batching={"share": 1.0, "expired": step == "in progress"})
        rows = session(server, tmp_path, "never")
        check(server, tmp_path, rows, undisturbed)
        counts = [batch["request_counts"]["completed"] for batch in server.stats()["batches"]]
        assert counts == [COUNT // 2, COUNT // 2]


def test_a_half_finished_batch_goes_on_while_nobody_looks(tmp_path, undisturbed):
    with api_server(Settings(batching=Batching(share=0.5))) as server:
        assert session(server, tmp_path, "in progress") is None
        assert server.stats()["batches"][0]["request_counts"]["completed"] == COUNT // 2
        server.change(batching={"share": 1.0})
        check(server, tmp_path, session(server, tmp_path, "never"), undisturbed)


def check(server, folder, rows, undisturbed):
    stats = server.stats()
    assert told(rows) == told(undisturbed)
    assert set(stats["paid"].values()) == {1}
    assert len(stats["paid"]) == COUNT
    balances = batching.accounts(folder / "ledger").balances
    assert balances.charged_nano / 1e9 == pytest.approx(stats["dollars"], rel=1e-6)
