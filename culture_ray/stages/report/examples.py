"""Example responses per model, language and topic, with their stances."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pyarrow.compute as pc
import pyarrow.dataset as ds

from culture_ray.labels.by_response import label_by_response
from culture_ray.labels.judge_order import judge_order
from culture_ray.labels.read import RULE, responses
from culture_ray.prompts.options import LETTERS
from culture_ray.prompts.protocols import find_protocol
from culture_ray.report.responses import Example
from culture_ray.settings.judging import Judge, JudgingSettings
from culture_ray.settings.run import Settings
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import LABELS

PER_CELL = 2
"""Examples per cell of the main protocol; other protocols have one."""

_COLUMNS = [
    "request_id", "model", "language", "protocol", "persona", "topic", "prompt", "text",
    "probabilities",
]  # fmt: skip


def examples(settings: Settings) -> tuple[Example, ...]:
    """Return the first responses by id of each model, language and topic, at most `PER_CELL`.

    Ids are hashes, so this is a random sample that never changes. The main protocol comes first.
    """
    answers = responses(settings.run, settings.models, settings.languages, _COLUMNS).to_pandas()
    answers = answers[answers["text"].notna()].sort_values("request_id")
    main = answers["protocol"] == settings.main_protocol
    cell = ["model", "language", "topic"]
    of_main = answers[main].groupby(cell, sort=True).head(PER_CELL)
    of_others = answers[~main].groupby([*cell, "protocol"], sort=True).head(1)
    chosen = of_main.to_dict("records") + of_others.to_dict("records")
    stances = _stances(
        settings.run, settings.judges, settings.judging, {row["request_id"] for row in chosen}
    )
    return tuple(_example(row, stances) for row in chosen)


def _example(
    row: Mapping[Hashable, Any], stances: Mapping[str, tuple[tuple[str, ...], str]]
) -> Example:
    own_stances, status = stances.get(row["request_id"], ((), "not judged"))
    probabilities = row["probabilities"]
    text = row["text"] if probabilities is None else _probability_text(probabilities)
    persona = f" ({row['persona']})" if isinstance(row["persona"], str) else ""
    return Example(
        model=row["model"],
        language=row["language"],
        topic=row["topic"],
        prompt=row["prompt"],
        text=text,
        stances=own_stances,
        status=status,
        protocol=row["protocol"] + persona,
        judged=find_protocol(row["protocol"]).judged,
    )


def _probability_text(probabilities: Sequence[float]) -> str:
    parts = [f"{letter} {100 * p:.1f} %" for letter, p in zip(LETTERS, probabilities, strict=False)]
    rest = max(0.0, 1 - sum(probabilities))
    return f"{', '.join(parts)}; something else {100 * rest:.1f} %"


def _stances(
    run: RunDirectory, judges: Mapping[str, Judge], judging: JudgingSettings, ids: set[str]
) -> dict[str, tuple[tuple[str, ...], str]]:
    paths = [str(path) for path in run.shards("labels")]
    if not paths or not ids:
        return {}
    named = [name for name in judge_order(judges, judging) if name in judges]
    readers = [*named[:1], RULE]
    table = ds.dataset(paths, schema=LABELS, format="arrow").to_table(
        columns=["response_id", "stances", "status"],
        filter=pc.field("judge").isin(readers) & pc.field("response_id").isin(sorted(ids)),
    )
    return {
        response: (tuple(row["stances"] or ()), row["status"])
        for response, row in label_by_response(table.to_pylist()).items()
    }
