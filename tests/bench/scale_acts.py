"""Acts that scale.py measures: python -m tests.bench.scale_acts ACT FOLDER."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from culture_ray.labels.counts import label_counts
from culture_ray.plan.requests import request_plan
from culture_ray.plan.stage_units import elicit_units
from culture_ray.run.row_counts import count_shards
from culture_ray.stages.context import RunContext
from culture_ray.store import shards
from culture_ray.store.run_directory import RunDirectory, open_run
from culture_ray.tables import LABELS, RESPONSES
from tests.bench import scale
from tests.bench.peak import peak_gib
from tests.small import TOPICS, small_settings

MODELS = ("gemma_2_2b", "gemma_2_9b", "gemma_2_27b", "olmo_2_7b", "olmo_2_13b")
LANGUAGES = ("da", "en")


def plan(folder: Path) -> None:
    """The plan of a sweep and every unit of it, with its requests' ids."""
    per_language = scale.REQUESTS // len(MODELS) // len(LANGUAGES)
    settings = small_settings(
        folder, f"model=[{','.join(MODELS)}]", f"design.prompts_per_language={per_language}",
        "judge=[gemma_2_9b]", f"cluster.unit_size={scale.ROWS_PER_SHARD}",
    )  # fmt: skip
    RunContext(settings).checked_plan()
    units = list(elicit_units(settings, request_plan(settings)))
    _expect(sum(unit.size for unit in units), scale.REQUESTS)


def open_(folder: Path) -> None:
    """Every shard of a run verified."""
    opened = open_run(RunDirectory(folder / "run"))
    _expect((len(opened.done), len(opened.set_aside)), (scale.SHARDS, 0))


def status(folder: Path) -> None:
    """Rows of every shard counted, as `culture-ray status` does."""
    run = RunDirectory(folder / "run")
    _expect(count_shards(run.shards("responses")).rows, scale.SHARDS * scale.ROWS_PER_SHARD)


def reduce_(folder: Path) -> None:
    """Labels to counts of value polarities per topic."""
    found = label_counts(RunDirectory(folder / "run"), MODELS, LANGUAGES)
    _expect(sum(found.column("responses").to_pylist()), scale.LABELS)


def make_shards(folder: Path) -> None:
    """Responses of a usual length, without fsync, which measures nothing here."""
    _without_fsync()
    generator = np.random.default_rng(1)
    words = [f"word{number}" for number in range(3000)]
    texts = [" ".join(generator.choice(words, 250)) for _ in range(500)]
    now = datetime.now(UTC)
    for index in range(scale.SHARDS):
        rows = scale.ROWS_PER_SHARD
        ids = [f"{index:012x}{row:012x}" for row in range(rows)]
        filled = {
            "request_id": ids, "prompt": ["a prompt of some words " * 8] * rows,
            "text": [texts[(index * 7 + row) % len(texts)] for row in range(rows)],
            "finish_reason": ["stop"] * rows, "seed": list(range(rows)),
            "output_tokens": [250] * rows, "finished_at": [now] * rows,
        }  # fmt: skip
        model, language = MODELS[index % 5], LANGUAGES[index % 2]
        table = _table(RESPONSES, rows, model, language, filled)
        path = RunDirectory(folder / "run").responses(model, language, shards.unit_id(index, ids))
        shards.commit(path, table)


def make_labels(folder: Path) -> None:
    """As many shards of labels, larger ones."""
    _without_fsync()
    generator = np.random.default_rng(1)
    rows = scale.LABELS // scale.SHARDS
    for index in range(scale.SHARDS):
        pro = generator.integers(0, 11, rows).astype(np.int32)
        ids = [f"{index:012x}{row:012x}" for row in range(rows)]
        filled = {
            "request_id": ids, "response_id": ids, "judge": ["gemma_2_9b"] * rows,
            "topic": np.array(TOPICS)[generator.integers(0, len(TOPICS), rows)],
            "status": ["labelled"] * rows, "pro": pro, "con": 10 - pro,
            "neutral": np.zeros(rows, np.int32), "value_polarity": pro / 10,
            "stances": [["pro"] * 5 + ["con"] * 5] * rows,
            "raw": ['{"language": "da", "stances": ["pro", "con", "pro"]}'] * rows,
        }  # fmt: skip
        model, language = MODELS[index % 5], LANGUAGES[index % 2]
        table = _table(LABELS, rows, model, language, filled)
        path = RunDirectory(folder / "run").labels(
            "gemma_2_9b", model, language, f"{index:06d}-bench"
        )
        shards.commit(path, table)


def _table(
    schema: pa.Schema, rows: int, model: str, language: str, filled: dict[str, object]
) -> pa.Table:
    columns: dict[str, object] = {field.name: pa.nulls(rows, field.type) for field in schema}
    columns |= {"model": [model] * rows, "language": [language] * rows}
    columns |= {"protocol": ["hypothetical_interviews"] * rows, "template": ["t01"] * rows}
    columns |= {"topic": [TOPICS[0]] * rows, "wording": ["w1"] * rows}
    return pa.table(columns | filled, schema=schema)


def _without_fsync() -> None:
    def plain(path: Path, write: Callable[[Path], None]) -> bool:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path)
        return True

    shards.write_once = plain


def _expect(found: object, wanted: object) -> None:
    if found != wanted:
        raise RuntimeError(f"{found} instead of {wanted}")


ACTS = {
    "plan": plan, "open": open_, "status": status, "reduce": reduce_,
    "make_shards": make_shards, "make_labels": make_labels,
}  # fmt: skip

if __name__ == "__main__":
    act, folder = sys.argv[1:]
    began = time.perf_counter()
    ACTS[act](Path(folder))
    seconds = time.perf_counter() - began
    print(seconds, peak_gib())
