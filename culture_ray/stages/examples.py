"""Examples: a few responses per model, language and topic, with the stances they were given."""

from __future__ import annotations

import pyarrow.compute as pc
import pyarrow.dataset as ds

from culture_ray.report.content import Example
from culture_ray.stages.judged import judge_order
from culture_ray.stages.read_labels import responses
from culture_ray.stages.settings import Settings
from culture_ray.tables import LABELS

PER_CELL = 2


def examples(settings: Settings) -> tuple[Example, ...]:
    """Return the first responses of each model, language and topic by id, `PER_CELL` at most.

    Ids are hashes, so the first by id are a random sample that stays the same.
    """
    found = responses(
        settings.run,
        settings.models,
        settings.languages,
        ["request_id", "model", "language", "topic", "prompt", "text"],
    ).to_pandas()
    found = found[found["text"].notna()].sort_values("request_id")
    chosen = found.groupby(["model", "language", "topic"], sort=True).head(PER_CELL)
    stances = _stances(settings, set(chosen["request_id"]))
    return tuple(
        Example(
            **{str(name): str(text) for name, text in row.items() if name != "request_id"},
            stances=stances.get(str(row["request_id"]), ((), "not judged"))[0],
            status=stances.get(str(row["request_id"]), ((), "not judged"))[1],
        )
        for row in chosen.to_dict("records")
    )


def _stances(settings: Settings, ids: set[str]) -> dict[str, tuple[tuple[str, ...], str]]:
    paths = [str(path) for path in settings.run.shards("labels")]
    judge = next((name for name in judge_order(settings) if name in settings.judges), None)
    if not paths or not ids or judge is None:
        return {}
    table = ds.dataset(paths, schema=LABELS, format="arrow").to_table(
        columns=["response_id", "stances", "status"],
        filter=(pc.field("judge") == judge) & pc.field("response_id").isin(sorted(ids)),
    )
    return {
        row["response_id"]: (tuple(row["stances"] or ()), row["status"])
        for row in table.to_pylist()
    }
