"""Answers to a run's benchmarks, read from its directory with the items they are about."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.benchmarks.items.read import decisive_content
from culture_ray.benchmarks.items.stored import items_of, texts_of
from culture_ray.benchmarks.scoring.rubric_scores import RatedAnswer
from culture_ray.benchmarks.scoring.score_matrix import ScoreCell
from culture_ray.labels.judge_order import MAJORITY, judge_order
from culture_ray.run.benchmark_items import lexicon_of
from culture_ray.settings.run import Settings
from culture_ray.stages.benchmark.put import FACTS
from culture_ray.stages.score.score import AnsweredBenchmark
from culture_ray.store.provenance import recorded
from culture_ray.store.run_directory import RunDirectory
from culture_ray.store.shards import read
from culture_ray.tables import BENCHMARK_ANSWERS

COLUMNS = (
    "request_id", "benchmark", "model", "language", "item", "condition", "step", "part", "variant",
    "order", "sample", "prompt_language", "text", "options", "probabilities", "layers",
)  # fmt: skip
"""Columns of the answers that scores are computed from."""


def answered_benchmarks(settings: Settings) -> Iterator[AnsweredBenchmark]:
    """Yield the benchmarks of the settings that the run has put, in the order of the settings.

    Items are those that were put, as the run directory holds them. Raises BadTable for a lexicon
    that cannot be read.
    """
    run = settings.run
    for name, benchmark in settings.benchmarks.items():
        folder = _folder(run, name, benchmark)
        if folder is None:
            continue
        languages = [code for code in benchmark.languages if run.items(folder, code).exists()]
        spoken = [code for code in settings.languages if code in languages]
        tables = {code: read(run.items(folder, code)) for code in spoken}
        items = {code: items_of(table) for code, table in tables.items()}
        known = {code: pa.array(texts_of(table, "item")) for code, table in tables.items()}
        yield AnsweredBenchmark(
            folder,
            benchmark,
            items,
            partial(_answers, run, folder, list(settings.models), known),
            ratings=_ratings(run, folder, judge_order(settings.judges, settings.judging))
            if benchmark.rubric is not None
            else {},
            lexicon=lexicon_of(benchmark, settings.benchmark_folders),
        )


def _ratings(run: RunDirectory, folder: str, judges: Sequence[str]) -> dict[str, list[RatedAnswer]]:
    """Return the ratings by each judge, in order; ratings have no vote."""
    return {
        judge: [
            RatedAnswer(
                ScoreCell(row["model"], row["language"], row["condition"]),
                row["item"],
                json.loads(row["rating"]),
                row["answer_id"],
            )
            for path in run.shards(f"benchmarks/{folder}/ratings/judge={judge}")
            for row in read(path).to_pylist()
            if row["status"] == "rated"
        ]
        for judge in judges
        if judge != MAJORITY
    }


def _folder(run: RunDirectory, name: str, benchmark: Benchmark) -> str | None:
    """Return the name of a benchmark's folder in the run; None before it was put.

    A benchmark whose file or items changed has several: the one that the last sweep put is taken,
    or, for a benchmark that this sweep left out, the latest with the same content.
    """
    paths = sorted((run.folder / "benchmarks").glob(f"{name}-*/{FACTS}"), key=_time)
    facts = {path.parent.name: json.loads(path.read_text("utf-8")) for path in paths}
    own = [folder for folder, content in facts.items() if content["benchmark"] == name]
    put = recorded(run).get("benchmarks") or {}
    last = [folder for folder in own if folder in put]
    if not last:
        wanted = _plain(decisive_content(benchmark.content))
        last = [
            folder for folder in own if _plain(decisive_content(facts[folder]["content"])) == wanted
        ]
    return next(reversed([*own, *last]), None)


def _time(path: Path) -> float:
    return path.stat().st_mtime


def _plain(content: Mapping[str, Any]) -> Any:
    return json.loads(json.dumps(content, sort_keys=True, default=str))


def _answers(
    run: RunDirectory, folder: str, models: Sequence[str], known: Mapping[str, pa.Array[Any]]
) -> Iterator[pa.Table]:
    """Yield the answers of each model and language to known items, all its shards together."""
    for model in models:
        for language, items in known.items():
            below = run.answers(folder, model, language, "any").parent
            shards = run.shards(str(below.relative_to(run.folder)))
            if not shards:
                continue
            table = ds.dataset(
                [str(path) for path in shards], schema=BENCHMARK_ANSWERS, format="arrow"
            ).to_table(columns=list(COLUMNS))
            kept = table.filter(pc.is_in(table.column("item"), value_set=items))
            if kept.num_rows:
                yield kept
