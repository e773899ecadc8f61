"""The smallest possible stage: a task whose shards hold the responses, and its units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from culture_ray.engines.interface import Request, Response, Sampling
from culture_ray.engines.model import Model
from culture_ray.store.shards import read
from culture_ray.sweep.plan.units import Loaded, Unit

SCHEMA = pa.schema(
    [
        ("request_id", pa.string()),
        ("text", pa.string()),
        ("failure", pa.string()),
        ("attempts", pa.int64()),
        ("replica", pa.string()),
    ]
)


@dataclass(frozen=True)
class Echo:
    """A task for the executor; a request's id is its unit's name and its place in it."""

    stage: str = "elicit"

    @property
    def schema(self) -> pa.Schema:
        return SCHEMA

    def load(self, unit: Unit) -> Loaded:
        ids = ids_of(unit)
        return Loaded(pa.table({"request_id": ids}), [Request(i, i, Sampling()) for i in ids])

    def table(
        self, loaded: Loaded, responses: Sequence[Response | None], replica: str, attempts: int
    ) -> pa.Table:
        answers = [response for response in responses if response is not None]
        return pa.table(
            {
                "request_id": loaded.rows["request_id"],
                "text": [a.text for a in answers],
                "failure": [a.failure for a in answers],
                "attempts": [attempts - 1 + a.attempts for a in answers],
                "replica": [replica] * len(answers),
            },
            schema=SCHEMA,
        )


def ids_of(unit: Unit) -> list[str]:
    """Return the ids of a unit's requests."""
    return [f"{unit.path.stem}-{row}" for row in range(unit.size)]


def echo_units(run: Path, engine: str, count: int = 3, size: int = 4) -> list[Unit]:
    """Return units of a model in a run's folder."""
    return [
        Unit(run / "responses" / f"{engine}-{i}.arrow", engine, engine, "en", size, 10.0 * size)
        for i in range(count)
    ]


def echo_model(gpus: int = 0, in_flight: int = 4, **env: object) -> Model:
    """Return a model for the stand-in engine; `env` are its plans, without STANDIN_."""
    return Model(
        engine="vllm", family="f", source="stand-in", gpus_per_replica=gpus, in_flight=in_flight,
        env={f"STANDIN_{name.upper()}": str(value) for name, value in env.items()},
    )  # fmt: skip


def rows(run: Path) -> dict[str, dict[str, object]]:
    """Return every row of every shard by request id; fails if one is there twice."""
    tables = [read(path) for path in sorted((run / "responses").rglob("[!.]*.arrow"))]
    found = [row for table in tables for row in table.to_pylist()]
    by_id = {str(row["request_id"]): row for row in found}
    assert len(by_id) == len(found), "a request is there twice"
    return by_id
