"""A whole `culture-ray analyse` of six models with 2,000 joint topic rounds, as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from culture_ray.config.known import model_files
from tests.bench.figure import Figure
from tests.bench.study import make_study

KNOWN = ("gemma_2_2b", "gemma_2_9b", "gemma_2_27b", "gpt_3_5_turbo", "gpt_4_turbo", "gpt_4o")


def figures() -> Iterator[Figure]:
    """Yield wall time and peak memory of the command."""
    with tempfile.TemporaryDirectory() as folder:
        scored = Path(folder) / "scored.csv"
        _write(scored)
        _run(folder, "import", f"file={scored}", "allow_unknown_topics=true")
        started = time.perf_counter()
        peak = _run(folder, "analyse")
        yield Figure("analyse, 6 models", time.perf_counter() - started, "s", 10.0, "lower")
        yield Figure("analyse, 6 models, peak memory", peak, "GiB", 1.0, "lower")


def _write(path: Path) -> None:
    responses = make_study(models=len(KNOWN)).responses
    aliases = {name: str(model_files()[name]["aliases"][0]) for name in KNOWN}
    names = {f"model_{index}": aliases[name] for index, name in enumerate(KNOWN)}
    topics = _topics()
    responses.assign(
        model=responses["model"].map(names), topic=[topics[t] for t in responses["topic"]]
    ).to_csv(path, index=False)


def _topics() -> list[str]:
    import yaml

    from culture_ray.config.files import conf_folder

    text = (conf_folder() / "topics" / "evs_wvs.yaml").read_text(encoding="utf-8")
    return [*yaml.safe_load(text)["topics"], *(f"unknown_{i}" for i in range(5))]


def _run(results: str, verb: str, *words: str) -> float:
    """Run a verb to its end and return its peak memory in GiB."""
    command = [sys.executable, "-m", "culture_ray.cli", verb, "run=bench", f"results={results}"]
    process = subprocess.Popen([*command, *words], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"culture-ray {verb} ended with {os.waitstatus_to_exitcode(status)}")
    return usage.ru_maxrss / 2**20
