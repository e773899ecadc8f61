"""Whole `culture-ray analyse` and `report` of six models, as a user runs them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from culture_ray.config.known_names import model_files
from tests.bench.figure import Figure
from tests.bench.peak import run_verb
from tests.bench.statistics.study import make_study

KNOWN = ("gemma_2_2b", "gemma_2_9b", "gemma_2_27b", "gpt_3_5_turbo", "gpt_4_turbo", "gpt_4o")


def figures() -> Iterator[Figure]:
    """Yield CPU time of the commands, and peak memory of the first."""
    with tempfile.TemporaryDirectory() as folder:
        scored = Path(folder) / "scored.csv"
        _write(scored)
        run = ("run=bench", f"results={folder}")
        run_verb("import", *run, f"file={scored}", "allow_unknown_topics=true")
        analysed = run_verb("analyse", *run)
        yield Figure("analyse, 6 models", analysed.cpu_s, "CPU s", 10.0, "lower")
        yield Figure("analyse, 6 models, wall time", analysed.seconds, "s")
        yield Figure("analyse, 6 models, peak memory", analysed.gib, "GiB", 1.0, "lower")
        reported = run_verb("report", *run)
        yield Figure("report, 6 models", reported.cpu_s, "CPU s", 5.0, "lower")


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
