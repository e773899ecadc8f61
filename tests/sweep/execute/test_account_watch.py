"""Reports of the governor are shown, and notices are recorded in the run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from culture_ray.spending.breaker import Outage
from culture_ray.spending.messages import Overview
from culture_ray.store.provenance import API_NOTICES, amend, recorded
from culture_ray.store.run_directory import RunDirectory
from culture_ray.sweep.execute.account_watch import AccountWatch


class Accounts:
    """Accounts with one state."""

    def __init__(self, state: Overview) -> None:
        self.state = state

    def opened(self) -> list[str]:
        return ["the ledger's last line was torn"]

    def overview(self, wait_s: float = 0.0) -> Overview:
        return self.state


class Heard:
    """Listener that keeps the facts of every event."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Any]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda fact: self.events.append((name, fact))


def test_notices_are_said_once_and_recorded_beside_those_of_earlier_sessions(
    tmp_path: Path,
) -> None:
    run, heard = RunDirectory(tmp_path), Heard()
    amend(run, {API_NOTICES: ["m: seed is left out"], "run": "r"})
    outages = {"m": Outage(0.0, "HTTP 503")}
    state = Overview({"m": 0.5}, outages, [("m", "temperature is left out")])
    watch = AccountWatch(Accounts(state), run, heard)  # type: ignore[arg-type]
    watch.poll()
    watch.finish()
    said = [fact for name, fact in heard.events if name == "say"]
    assert said == ["the ledger's last line was torn", "m: temperature is left out"]
    assert ("spent", {"m": 0.5}) in heard.events
    assert ("provider_outages", outages) in heard.events
    notices = ["m: seed is left out", "m: temperature is left out"]
    assert recorded(run) == {API_NOTICES: notices, "run": "r"}
