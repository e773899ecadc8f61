"""Usage of a run: requests, replica-hours, GPU-hours and dollars, in usage.csv."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa

from culture_ray.engines.model import Model
from culture_ray.labels.read import label_slices, response_slices
from culture_ray.plan.engines import engine_names
from culture_ray.run.ledger import ledger_at
from culture_ray.settings.judging import Judge
from culture_ray.settings.spending import SpendingSettings
from culture_ray.spending.statement import spending_table
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import USAGE

_KEY = ["stage", "model"]


@dataclass(frozen=True)
class RunUsage:
    """Resources that a run used; None where nothing is recorded."""

    usage: pa.Table | None
    """USAGE schema, as written to usage.csv."""
    timeline: pa.Table | None
    """TIMELINE schema."""
    spending: pa.Table | None
    """SPENDING schema."""


def write_usage(
    run: RunDirectory,
    models: Mapping[str, Model],
    judges: Mapping[str, Judge],
    spending: SpendingSettings,
) -> RunUsage:
    """Write usage.csv of a run from its timeline and its ledger; raises DiskProblem.

    Nothing is written if there is neither.
    """
    timeline, attempts = _timeline(run), _spending(run, spending)
    parts = [
        part
        for part in (
            None if timeline is None else _replica_usage(models, judges, timeline.to_pandas()),
            None if attempts is None else _attempt_usage(attempts.to_pandas()),
        )
        if part is not None and len(part)
    ]
    if not parts:
        return RunUsage(None, timeline, attempts)
    rows = parts[0] if len(parts) == 1 else parts[0].join(parts[1], how="outer", sort=False)
    rows = rows.reset_index().reindex(columns=USAGE.names)
    counted = _reasoning_tokens(run)
    known = [counted.get(key) for key in zip(rows["stage"], rows["model"], strict=True)]
    billed = rows["reasoning_tokens"].astype(float)
    rows["reasoning_tokens"] = billed.fillna(pd.Series(known, rows.index, float))
    usage = pa.Table.from_pandas(rows, schema=USAGE, preserve_index=False)
    catalogue.write(run, "usage", usage)
    return RunUsage(usage, timeline, attempts)


def _timeline(run: RunDirectory) -> pa.Table | None:
    table = catalogue.read(run, "timeline")
    return table if table is not None and table.num_rows else None


def _spending(run: RunDirectory, spending: SpendingSettings) -> pa.Table | None:
    """Return paid attempts from the ledger, or from the table in a copy without the ledger."""
    ledger = ledger_at(run, spending.account)
    table = spending_table(ledger, run.name) if ledger.exists() else catalogue.read(run, "spending")
    return table if table is not None and table.num_rows else None


def _replica_usage(
    models: Mapping[str, Model], judges: Mapping[str, Judge], events: pd.DataFrame
) -> pd.DataFrame:
    events = events[events["replica"].notna()].copy()
    engines = {f"judge-{name}": name for name in judges}
    judge = events["stage"].str.startswith("judge ")
    events["loaded"] = events["model"]
    events.loc[judge, "model"] = events.loc[judge, "stage"].str.removeprefix("judge ")
    events["model"] = events["model"].replace(engines)
    events["stage"] = events["stage"].str.split(" ").str[0]
    events["begin"] = events["at"]
    events["end"] = events["at"] + pd.to_timedelta(events["seconds"], unit="s")
    units = events["event"] == "unit"
    events["requests"] = events["requests"].where(units)
    # A replica's time in a stage runs from its first to its last event, waiting included.
    by_replica = events.groupby([*_KEY, "driver", "replica"], sort=False)
    spans = by_replica.agg(
        begin=("begin", "min"),
        end=("end", "max"),
        requests=("requests", "sum"),
        output_tokens=("output_tokens", "sum"),
        loaded=("loaded", "first"),
        gpus=("gpus", "first"),
    )
    spans["hours"] = (spans["end"] - spans["begin"]).dt.total_seconds() / 3600
    loaded = _engines(models, judges)
    gpus = [
        _gpus(loaded.get(engine), str(seen or ""))
        for engine, seen in zip(spans["loaded"], spans["gpus"], strict=True)
    ]
    spans["gpu_hours"] = spans["hours"] * pd.Series(gpus, spans.index, dtype=float)
    spans["replicas"] = 1
    wanted = ["requests", "output_tokens", "replicas", "hours"]
    by_model = spans.groupby(_KEY, sort=False)
    return by_model[wanted].sum().join(by_model["gpu_hours"].sum(min_count=1))


def _reasoning_tokens(run: RunDirectory) -> dict[tuple[str, str], int]:
    """Return the tokens of thoughts in responses and labels, by stage and model or judge.

    What is not known of any row is missing.
    """
    found: Counter[tuple[str, str]] = Counter()
    slices = [
        ("elicit", "model", response_slices(run, ["model", "reasoning_tokens"])),
        ("judge", "judge", label_slices(run, ["judge", "reasoning_tokens"])),
    ]
    for stage, column, tables in slices:
        for table in tables:
            known = table.filter(table.column("reasoning_tokens").is_valid())
            sums = known.group_by(column).aggregate([("reasoning_tokens", "sum")])
            for row in sums.to_pylist():
                found[stage, row[column]] += row["reasoning_tokens_sum"]
    return found


def _engines(models: Mapping[str, Model], judges: Mapping[str, Judge]) -> dict[str, Model]:
    names = engine_names(models, judges)
    of_judges = {names[name]: judge.model for name, judge in judges.items()}
    return {**of_judges, **models}


def _gpus(model: Model | None, seen: str) -> float | None:
    """Return the GPUs of a replica; None if it has none or the number was not recorded."""
    recorded = len([part for part in seen.split(",") if part])
    if model is None or model.choose_gpus or model.is_api:
        return recorded or None
    return max(recorded, model.gpus_per_replica) or None


def _attempt_usage(attempts: pd.DataFrame) -> pd.DataFrame:
    unresolved = attempts["state"].isin(["open", "kept"])
    counted: dict[str, Any] = {
        "attempts": 1,
        "unresolved": unresolved.astype(int),
        "unresolved_dollars": attempts["dollars"].where(unresolved, 0.0),
    }
    columns = [*counted, "dollars"]
    by_model = attempts.assign(**counted).groupby(_KEY, sort=False)
    # A provider that reports no reasoning leaves zeros, which are not known to be none.
    reasoning = by_model["reasoning_tokens"].sum()
    return by_model[columns].sum().join(reasoning.where(reasoning > 0))
