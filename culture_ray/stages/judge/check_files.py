"""Files of a judge check: its tables, and the measured error that the statistics use."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from culture_ray.judging.intervals import Interval
from culture_ray.judging.prompt import STANCES
from culture_ray.judging.raters import Agreement, rate_agreement
from culture_ray.judging.reliability import Reliability
from culture_ray.report.table_files import write_table
from culture_ray.stages.judge.check import JudgeCheck, JudgeCheckResult
from culture_ray.stages.judge.check_folders import CHECK
from culture_ray.stages.judge.gold_run import gold_digest
from culture_ray.store.atomic import replace_text
from culture_ray.store.provenance import record
from culture_ray.tables import AGREEMENT, RELIABILITY


def write_check(checking: JudgeCheck, checked: JudgeCheckResult) -> dict[str, Path]:
    """Write a judge's tables, error and provenance; return the paths of `reliability` and `error`.

    A check of some languages keeps the errors that earlier checks measured for other languages.
    Raises DiskProblem.
    """
    folder, judge = checked.run.folder, checking.judges[checked.judge]
    write_table(reliability_table(checked.reliability), folder / "reliability", formats=("csv",))
    write_table(agreement_table(repeats_agreement(checked)), folder / "repeats", formats=("csv",))
    facts: dict[str, Any] = {
        "judge": checked.judge,
        "fingerprint": checked.fingerprint,
        "source": judge.model.source,
        "revision": judge.model.revision,
        "sampling": vars(judge.sampling),
        "gold": gold_digest(checked.gold),
        "command": checking.command,
        "statuses": dict(checked.statuses),
    }
    record(checked.run, facts)
    path = folder / CHECK
    earlier = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    errors = dict(earlier.get("errors") or {}) | _errors(checked)
    content = {**facts, "errors": errors}
    replace_text(path, json.dumps(content, indent=2, ensure_ascii=False, sort_keys=True))
    return {"reliability": folder / "reliability.csv", "error": path}


def reliability_table(rows: Sequence[Reliability]) -> pa.Table:
    """Return a judge's reliability by group (RELIABILITY schema)."""
    return pa.Table.from_pylist([_row(row) for row in rows], schema=RELIABILITY)


def agreement_table(rows: Sequence[tuple[str, str, Agreement]]) -> pa.Table:
    """Return agreements as a table (AGREEMENT schema); `rows` are (kind, language, agreement)."""
    return pa.Table.from_pylist(
        [
            {
                "kind": kind,
                "raters": ", ".join(agreement.raters),
                "language": language,
                "responses": agreement.responses,
                "statements": agreement.statements,
                "agreement": agreement.share,
                **_interval("kappa", agreement.kappa),
                **_interval("alpha", agreement.alpha),
            }
            for kind, language, agreement in rows
        ],
        schema=AGREEMENT,
    )


def repeats_agreement(checked: JudgeCheckResult) -> list[tuple[str, str, Agreement]]:
    """Return the agreement of a judge's repeated readings, by language; empty for one reading."""
    repeats = sorted({repeat for _, repeat in checked.readings})
    if len(repeats) < 2:
        return []
    raters = [f"{checked.judge} {repeat + 1}" for repeat in repeats]
    return [
        (
            "repeats",
            language,
            rate_agreement(
                raters,
                [
                    side_by_side([checked.readings[response, repeat] for repeat in repeats])
                    for response in members
                ],
            ),
        )
        for language, members in _members(checked)
    ]


def side_by_side(readings: Sequence[Sequence[str | None]]) -> list[list[str | None]]:
    """Return opinions x raters; None where a rater gave fewer stances than another."""
    most = max(map(len, readings), default=0)
    return [[r[n] if n < len(r) else None for r in readings] for n in range(most)]


def _members(checked: JudgeCheckResult) -> Iterator[tuple[str, list[str]]]:
    yield "all", [response.id for response in checked.gold]
    for language in sorted({response.language for response in checked.gold}):
        yield language, [response.id for response in checked.gold if response.language == language]


def _errors(checked: JudgeCheckResult) -> dict[str, Any]:
    """Return the measured error by language, as JSON content."""
    return {
        row.group: {
            "pro_as_con": row.pro_as_con,
            "con_as_pro": row.con_as_pro,
            "flipped": None if row.flipped is None else vars(row.flipped),
            "error": None if row.error is None else vars(row.error),
            "statements": row.statements,
            "responses": row.responses,
        }
        for row in checked.reliability
        if row.kind == "language"
    }


def _row(row: Reliability) -> dict[str, Any]:
    counts = {
        f"{true}_read_{read_as}": int(row.confusion[i, j])
        for i, true in enumerate(STANCES)
        for j, read_as in enumerate(STANCES)
    }
    return {
        "kind": row.kind,
        "group": row.group,
        "responses": row.responses,
        "statements": row.statements,
        "missing": row.missing,
        "extra": row.extra,
        "disputed": row.disputed,
        "accuracy": row.accuracy,
        **_interval("error", row.error),
        **_interval("flipped", row.flipped),
        "pro_as_con": row.pro_as_con,
        "con_as_pro": row.con_as_pro,
        **_interval("kappa", row.kappa_interval),
        **counts,
    }


def _interval(name: str, interval: Interval | None) -> dict[str, float | None]:
    if interval is None:
        return {name: None, f"{name}_ci_low": None, f"{name}_ci_high": None}
    return {
        name: interval.estimate,
        f"{name}_ci_low": interval.low,
        f"{name}_ci_high": interval.high,
    }
