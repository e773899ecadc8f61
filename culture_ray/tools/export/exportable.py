"""The tables of a run that can be exported: where they lie, their schemas, and what a row is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
from pyarrow import csv

from culture_ray.stages.judge.agreement import FILE as AGREEMENT_FILE
from culture_ray.store.run_directory import RunDirectory, response_of
from culture_ray.store.shards import Damage, damage, read
from culture_ray.tables import (
    AGREEMENT,
    ALIGNMENT,
    CELLS,
    CONSISTENCY,
    DISTRIBUTIONS,
    EXCLUSIONS,
    EXPORTED_REGRESSIONS,
    JUDGE_MOVES,
    JUDGE_REGRESSIONS,
    LABELS,
    REGRESSION,
    REQUESTS,
    RESPONSES,
    ROBUSTNESS,
    SPENDING,
    TIMELINE,
)


@dataclass(frozen=True)
class Exportable:
    """One table: it is there where `paths` finds any file."""

    name: str
    schema: pa.Schema
    meaning: str
    """What a row is."""
    paths: Callable[[RunDirectory], list[Path]]
    read: Callable[[Path, pa.Schema], pa.Table | Damage]
    by_default: bool = True


def _shards(kind: str) -> Callable[[RunDirectory], list[Path]]:
    return lambda run: run.shards(kind)


def _file(name: str) -> Callable[[RunDirectory], list[Path]]:
    return lambda run: [path for path in [run.folder / name] if path.is_file()]


def _regressions(run: RunDirectory) -> list[Path]:
    return [path for path in sorted((run.folder / "regression").glob("*/*.csv")) if path.is_file()]


def _verified(path: Path, schema: pa.Schema) -> pa.Table | Damage:
    """Return a shard's table, or how it does not verify."""
    return damage(path, schema) or read(path).replace_schema_metadata(None)


def _arrow(path: Path, schema: pa.Schema) -> pa.Table | Damage:
    try:
        table = read(path)
    except (pa.ArrowException, OSError) as error:
        return Damage(path, f"cannot be read ({_first(error)})")
    return _following(path, table, schema)


def _csv(path: Path, schema: pa.Schema) -> pa.Table | Damage:
    options = csv.ConvertOptions(column_types=schema, null_values=[""], strings_can_be_null=True)
    try:
        table = csv.read_csv(path, convert_options=options)
    except (pa.ArrowException, OSError) as error:
        return Damage(path, f"cannot be read ({_first(error)})")
    return _following(path, table, schema)


def _regression(path: Path, schema: pa.Schema) -> pa.Table | Damage:
    found = _csv(path, REGRESSION)
    if isinstance(found, Damage):
        return found
    for name, value in (("inference", path.parent.name), ("regression", path.stem)):
        found = found.add_column(0, name, pa.array([value] * found.num_rows, pa.string()))
    return found.cast(schema)


def _following(path: Path, table: pa.Table, schema: pa.Schema) -> pa.Table | Damage:
    missing = [name for name in schema.names if name not in table.column_names]
    if missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        lacks = f"{', '.join(missing[:3])}{more}"
        return Damage(path, f"lacks {lacks}, as another version wrote it: run analyse again")
    return table.select(schema.names).cast(schema)


def _first(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120]


_IN_ORDER = (
    Exportable(
        "cells", CELLS, "One row per model, language, protocol and judge: alignment, US bias and "
        "self-consistency with 95 % intervals over topics.", _file("cells.csv"), _csv,
    ),
    Exportable(
        "responses", RESPONSES, "One row per request: what a model was asked and what it answered, "
        "or why nothing came back.", _shards("responses"), _verified,
    ),
    Exportable(
        "labels", LABELS, "One row per response and judge: the stances that the judge read in it, "
        "or why there are none.", _shards("labels"), _verified,
    ),
    Exportable(
        "requests", REQUESTS, "One row per request that the run asks of its models, answered or "
        "not.", _shards("requests"), _arrow,
    ),
    Exportable(
        "distributions", DISTRIBUTIONS, "One row per model, language and topic: stances counted, "
        "and how value polarity spreads over responses.", _file("distributions.arrow"), _arrow,
    ),
    Exportable(
        "alignment", ALIGNMENT, "One row per model, language and population: rank correlation of "
        "value polarity over topics.", _file("alignment.arrow"), _arrow,
    ),
    Exportable(
        "consistency", CONSISTENCY, "One row per model and language: self-consistency, and what "
        "is known of the judge's noise.", _file("consistency.arrow"), _arrow,
    ),
    Exportable(
        "regressions", EXPORTED_REGRESSIONS, "One row per coefficient of each regression, of the "
        "valid and of the published inference.", _regressions, _regression,
    ),
    Exportable(
        "robustness", ROBUSTNESS, "One row per figure of a robustness check.",
        _file("robustness.csv"), _csv,
    ),
    Exportable(
        "exclusions", EXCLUSIONS, "One row per rule of exclusion and cell: how far the rule moves "
        "alignment, in force or not.", _file("exclusions.csv"), _csv,
    ),
    Exportable(
        "judge_agreement", AGREEMENT, "One row per set of judges and language: how far they agree.",
        _file(AGREEMENT_FILE), _csv,
    ),
    Exportable(
        "human_agreement", AGREEMENT, "One row per judge, annotator and language: how far judges "
        "agree with people.", _file("human_agreement.csv"), _csv,
    ),
    Exportable(
        "judge_moves", JUDGE_MOVES, "One row per figure, cell and further judge: how far the "
        "figure moves when another judge reads.", _file("judges.csv"), _csv,
    ),
    Exportable(
        "judge_regressions", JUDGE_REGRESSIONS, "One row per coefficient and further judge: how "
        "far it moves when another judge reads.", _file("regression/judges.csv"), _csv,
    ),
    Exportable(
        "spending", SPENDING, "One row per attempt to ask an API, with what it is charged.",
        _file("spending/spending.arrow"), _arrow, by_default=False,
    ),
    Exportable(
        "timeline", TIMELINE, "One row per thing that took time or went wrong while a sweep ran, "
        "with the machines' addresses.", _file("timeline.arrow"), _arrow, by_default=False,
    ),
)  # fmt: skip

EXPORTABLE = {table.name: table for table in _IN_ORDER}
"""By name, in the order in which a data card lists them."""


class ShardReader:
    """Reads tables of a run piece by piece, and keeps what does not verify."""

    def __init__(self, run: RunDirectory) -> None:
        self.damaged: list[Damage] = []
        """With paths inside the run's folder; none of their rows were handed out."""
        self._run = run
        self._sound: dict[Path, bool] = {}
        """Whether a shard of responses verifies, by its path."""

    def pieces(self, table: Exportable) -> Iterator[pa.Table]:
        """Yield a table's pieces one by one; labels only of responses that verify themselves."""
        for path in table.paths(self._run):
            found = table.read(path, table.schema)
            if table.name == "responses":
                self._sound[path] = not isinstance(found, Damage)
            elif table.name == "labels" and not self._answered(path):
                found = Damage(path, "labels responses that are not there")
            if isinstance(found, Damage):
                self.damaged.append(replace(found, path=path.relative_to(self._run.folder)))
            else:
                yield found

    def _answered(self, label: Path) -> bool:
        if not (self._run.folder / "responses").is_dir():  # imported labels come without responses
            return True
        path = response_of(self._run, label)
        if path not in self._sound:
            self._sound[path] = damage(path, RESPONSES) is None
        return self._sound[path]
