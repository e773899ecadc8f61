"""Data quality of benchmarks: count the outcomes of all requests that put their items."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.dataset as ds

from culture_ray.settings.run import Settings
from culture_ray.stages.benchmark.put import FACTS
from culture_ray.stages.score.answered import answered_benchmarks
from culture_ray.stages.score.score import AnsweredBenchmark
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import BENCHMARK_QUALITY, SCORES, TABLES

_OUTCOMES = {
    "scored": "scored",
    "unparsable": "unparsable",
    "refusal": "refusals",
    "empty": "empty",
}
"""Column of each status of a score; answers that failed are counted with those of other steps."""


def benchmark_quality(settings: Settings) -> pa.Table | None:
    """Return one row per benchmark, model and language (BENCHMARK_QUALITY schema).

    None for a run without benchmarks.
    """
    if not settings.benchmarks:
        return None
    rows = [
        row
        for one in answered_benchmarks(settings)
        for row in _rows(settings.run, one, settings.models)
    ]
    return pa.Table.from_pylist(rows, schema=BENCHMARK_QUALITY)


def _rows(
    run: RunDirectory, one: AnsweredBenchmark, models: Mapping[str, object]
) -> list[dict[str, object]]:
    facts = json.loads((run.folder / "benchmarks" / one.folder / FACTS).read_text("utf-8"))
    requests = facts.get("requests_by_language") or {}
    answered, failed = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for table in one.answers():
        key = (str(table.column("model")[0]), str(table.column("language")[0]))
        answered[key] += table.num_rows
        failed[key] += table.column("text").null_count
    statuses = _statuses(run, one.folder)
    rows = []
    for model in models:
        for language in one.items:
            key = (model, language)
            outcomes = {column: statuses[*key, status] for status, column in _OUTCOMES.items()}
            rest = answered[key] - failed[key] - sum(outcomes.values())
            rows.append(
                {
                    "benchmark": one.benchmark.name,
                    "model": model,
                    "language": language,
                    "requests": requests.get(language),
                    "rows": answered[key],
                    "failed": failed[key],
                    "earlier_steps": rest,
                    **outcomes,
                }
            )
    return rows


def _statuses(run: RunDirectory, folder: str) -> Counter[tuple[str, str, str]]:
    """Return the number of scores by model, language and status; empty before they are computed."""
    path = TABLES["benchmark_scores"].path(run.folder, benchmark=folder)
    if not path.exists():
        return Counter()
    table = ds.dataset(str(path), schema=SCORES, format="arrow").to_table(
        columns=["model", "language", "status", "request_id"]
    )
    key = ["model", "language", "status"]
    counted = table.group_by(key).aggregate([("request_id", "count")]).to_pylist()
    return Counter({tuple(row[name] for name in key): row["request_id_count"] for row in counted})
