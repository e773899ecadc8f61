"""A sweep beside curator, inspect_ai and openai's bare client, on one server.

`python -m tests.bench.peers`. CULTURE_RAY_BENCH_PEERS names a folder with a virtual environment per
peer, called `curator` and `inspect_ai`; those that are not there are left out. Each tool starts
from nothing; its time includes its start.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from culture_ray.store.shards import read
from tests.api_server.running import Running, api_server
from tests.api_server.settings import Answers, Limits, Settings, Storm
from tests.bench.figure import Figure

PEERS = "CULTURE_RAY_BENCH_PEERS"
MARK = "CULTURE_RAY_BENCH_TOOL"
"""Environment variable by which the processes of one tool are found, wherever they went."""

OUTAGE_S = 45.0


@dataclass(frozen=True)
class Scenario:
    """Behaviour of the server, and the number of requests of each tool."""

    name: str
    requests: int
    settings: Settings
    outage_s: float = 0.0
    """Seconds of 503 to everything, from the first request on."""
    per_minute: int = 0
    """Limit that each tool is told, 0 for none."""


SCENARIOS = (
    Scenario(
        f"outage of {OUTAGE_S:g} s", 300, Settings(answers=Answers(seconds=0.3)), outage_s=OUTAGE_S,
        per_minute=3000,
    ),
    Scenario(
        "1 % of 429s by chance", 2000,
        Settings(answers=Answers(seconds=0.3), limits=Limits(rpm=3000),
                 storm=Storm(rates={"rate": 0.01})), per_minute=3000,
    ),
    Scenario("no limit and no most_replicas", 2000, Settings(answers=Answers(seconds=0.5))),
)  # fmt: skip


@dataclass
class Outcome:
    """Answers, time and memory of one tool."""

    seconds: float
    answers: int
    gib: float
    """Most memory of all its processes together, shared pages counted once."""
    statuses: Mapping[str, int] = field(default_factory=dict)


def figures() -> Iterator[Figure]:
    """Yield per scenario what each tool did, and our time over the fastest peer's."""
    peers = Path(os.environ.get(PEERS, "."))
    python = {tool: peers / tool / "bin" / "python" for tool in ("curator", "inspect_ai")}
    python = {tool: path for tool, path in python.items() if path.exists()}
    tools = {"sweep": Path(sys.executable), "bare": Path(sys.executable), **python}
    for scenario in SCENARIOS:
        found = {tool: _outcome(scenario, tool, python) for tool, python in tools.items()}
        for tool, outcome in found.items():
            name = f"{scenario.name}, {tool}"
            ours = tool == "sweep"
            asked = float(scenario.requests)
            yield Figure(
                f"{name}: answers of {asked:g}", outcome.answers, "", asked if ours else None
            )
            yield Figure(f"{name}: seconds", outcome.seconds, "s")
            yield Figure(f"{name}: memory", outcome.gib, "GiB", 1.0 if ours else None, "lower")
            yield Figure(f"{name}: 429s", outcome.statuses.get("429", 0), "")
        others = [o.seconds for tool, o in found.items()
                  if tool != "sweep" and o.answers == scenario.requests]  # fmt: skip
        if others:
            ratio = found["sweep"].seconds / min(others)
            yield Figure(f"{scenario.name}: time over the fastest peer's", ratio, "x", 1.2, "lower")


def _outcome(scenario: Scenario, tool: str, python: Path) -> Outcome:
    mark = secrets.token_hex(8)
    with tempfile.TemporaryDirectory() as folder, api_server(scenario.settings) as server:
        if scenario.outage_s:
            server.change(storm={"rates": {"unavailable": 1.0}})
        command = _command(scenario, tool, server, python, Path(folder))
        environment = os.environ | {
            MARK: mark, "OPENAI_API_KEY": server.key, "CURATOR_CACHE_DIR": f"{folder}/cache",
            "TELEMETRY_ENABLED": "false", "CURATOR_DISABLE_CACHE": "1",
            "PYTHONPATH": str(Path(__file__).resolve().parents[2]) if tool == "sweep" else "",
        }  # fmt: skip
        began = time.monotonic()
        with (Path(folder) / "output").open("w+") as output:
            process = subprocess.Popen(
                command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT
            )
            gib = _watch(process, mark, server, scenario.outage_s)
            seconds = time.monotonic() - began
            output.seek(0)
            said = output.read()
        stats: dict[str, Any] = server.stats()
        try:
            answers = _answers(Path(folder)) if tool == "sweep" else _said(said)
        except (IndexError, ValueError) as error:
            raise RuntimeError(
                f"{tool} ended with {process.returncode}:\n{said[-3000:]}"
            ) from error
    return Outcome(seconds, answers, gib, stats["statuses"])


def _command(
    scenario: Scenario, tool: str, server: Running, python: Path, folder: Path
) -> list[str]:
    if tool != "sweep":
        script = str(Path(__file__).with_name("peer_tools.py"))
        return [str(python), script, tool, server.base_url,
                str(scenario.requests), str(scenario.per_minute)]  # fmt: skip
    limits = f"requests_per_minute: {scenario.per_minute or 'null'}, tokens_per_minute: null"
    return [
        sys.executable, "-m", "culture_ray.cli.main", "sweep", "experiment=quickstart", "run=bench",
        f"results={folder}", "language=[en]", "protocol=[hypothetical_interviews]",
        f"design.prompts_per_language={scenario.requests}", "model=[gpt_4o]", "stages=[elicit]",
        "spending.cap_dollars=1000", "judge=[]", f"++model.gpt_4o.api.base_url='{server.base_url}'",
        "++model.gpt_4o.prices={input: 2.0, output: 8.0, cached_input: 0.5}",
        f"++model.gpt_4o.limits={{{limits}}}", "model.gpt_4o.most_replicas=null",
    ]  # fmt: skip


def _watch(process: subprocess.Popen[bytes], mark: str, server: Running, outage_s: float) -> float:
    """Wait for the end of a tool, and of the outage meanwhile; return its peak memory in GiB."""
    peak, ended = 0.0, threading.Event()

    def end_outage() -> None:
        while not ended.wait(0.1) and not server.stats()["statuses"].get("503", 0):
            pass
        ended.wait(outage_s)
        server.change(storm={"rates": {}})

    if outage_s:
        threading.Thread(target=end_outage, daemon=True).start()
    while process.poll() is None:
        peak = max(peak, _gib(mark))
        time.sleep(0.5)
    ended.set()
    return peak


def _gib(mark: str) -> float:
    kib = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() not in (folder / "environ").read_bytes():
                continue
            for line in (folder / "smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    kib += int(line.split()[1])
        except (OSError, ProcessLookupError):
            continue
    return kib / 2**20


def _answers(folder: Path) -> int:
    shards = (folder / "bench" / "responses").rglob("*.arrow")
    return sum(len(read(shard).column("text").drop_null()) for shard in shards)


def _said(output: str) -> int:
    return int(output.rpartition("answers: ")[2].split()[0])


if __name__ == "__main__":
    for figure in figures():
        print(figure.line(), flush=True)
