"""Records of Every Eval Ever from a leaderboard over runs, one per model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from culture_ray.settings.run import Settings
from culture_ray.survey.harnesses.every_eval_ever_record import (
    PublishedFigure,
    RecordedModel,
    every_eval_ever_record,
)

_FIGURES = {
    "alignment": ((-1.0, 1.0), "correlation", False),
    "gap": ((0.0, 100.0), "points", True),
}
"""Figure -> its range, its unit, and True if lower is better."""


def records(
    rows: Sequence[Mapping[str, Any]], runs: Mapping[str, Settings], version: str, at: float
) -> list[dict[str, Any]]:
    """Return a record for each model, with its alignment and gap in every language.

    Args:
        rows: rows of LEADERBOARD_OF_RUNS; means are left out, as they have no language.
        runs: runs of the rows, by name.
        version: version of culture_ray.
        at: time at which the records are made, in seconds since 1970.
    """
    by_model: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["model"] is not None and row["language"] is not None:
            by_model.setdefault((row["run"], row["model"]), []).append(row)
    return [_record(runs[run], model, own, version, at) for (run, model), own in by_model.items()]


def _record(
    run: Settings, model: str, rows: Sequence[Mapping[str, Any]], version: str, at: float
) -> dict[str, Any]:
    of = run.models[model.removesuffix(f" ({run.run.name})")]
    revision = rows[0]["source"].removeprefix(of.source).removeprefix("@")
    sampling = run.protocols[run.main_protocol].sampling
    details = {"protocol": run.main_protocol, "judge": next(iter(run.judges), "none")}
    return every_eval_ever_record(
        run=run.run.name,
        model=RecordedModel(model, of.source, of.engine, revision or None),
        version=version,
        at=at,
        sampling={
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "max_tokens": sampling.max_tokens,
        },
        figures=[
            _figure(row, name, run.populations.name, details)
            for row in rows
            for name in _FIGURES
            if row[name] is not None
        ],
    )


def _figure(
    row: Mapping[str, Any], name: str, dataset: str, details: Mapping[str, str]
) -> PublishedFigure:
    limits, unit, lower_is_better = _FIGURES[name]
    ranked = name == "alignment" and row["rank_low"] is not None
    ranks = {"rank": str(row["rank"]), "ranks": f"{row['rank_low']}-{row['rank_high']}"}
    return PublishedFigure(
        name=f"cultural {name}",
        dataset=dataset,
        language=row["language"],
        score=row[name],
        std_error=row[f"{name}_std_error"],
        ci_low=row[f"{name}_ci_low"],
        ci_high=row[f"{name}_ci_high"],
        clusters=row["topics"],
        details={**details, **ranks} if ranked else details,
        range=limits,
        lower_is_better=lower_is_better,
        clustered_by="survey topics",
        metric=f"cultural {name}",
        unit=unit,
    )
