"""Data quality: count the outcomes of all requests, so that nothing is dropped silently."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

import pandas as pd
import pyarrow as pa

from culture_ray.engines.thoughts.split import CUT_OFF_KIND
from culture_ray.judging.answers import LOW_MASS
from culture_ray.labels.judge_order import judge_order
from culture_ray.labels.lost import lost_stances
from culture_ray.labels.measured import measured_labels
from culture_ray.labels.read import RULE, responses
from culture_ray.plan.requests import RequestPlan
from culture_ray.prompts.protocols import find_protocol
from culture_ray.settings.imported import Imported
from culture_ray.settings.run import Settings
from culture_ray.tables import QUALITY


def quality(settings: Settings, plan: RequestPlan) -> pa.Table:
    """Return one row per model, language, protocol and judge (QUALITY schema).

    The personas of a protocol are counted together.
    """
    answered = responses(
        settings.run,
        settings.models,
        settings.languages,
        ["model", "language", "protocol", "failure"],
    ).to_pandas()
    labelled = measured_labels(settings)
    designs = _designs(settings.languages, settings.protocols, settings.imported, plan)
    rows = []
    for model in settings.models:
        for protocol, language in designs:
            key = {"model": model, "language": language, "protocol": protocol}
            answers = _matching(answered, key)
            by_rule = find_protocol(protocol).offers_options
            for judge in (RULE,) if by_rule else judge_order(settings.judges, settings.judging):
                judged = _matching(labelled, key | {"judge": judge})
                if settings.imported is None:
                    requests, rows_found = plan.requests(protocol, language), len(answers)
                    questions = plan.questions(protocol, language)
                else:
                    requests = rows_found = questions = len(judged)
                rows.append(
                    key
                    | {"judge": judge, "requests": requests, "rows": rows_found}
                    | {"failed": _failed(protocol, answers, judged), "questions": questions}
                    | {"cut_thinking": _cut_thinking(answers["failure"])}
                    | _counts(judged)
                )
    return pa.Table.from_pylist(rows, schema=QUALITY)


def _designs(
    languages: Iterable[str],
    protocols: Iterable[str],
    imported: Imported | None,
    plan: RequestPlan,
) -> list[tuple[str, str]]:
    if imported is None:
        return list(plan.designs)
    return list(product(protocols, languages))


def _matching(table: pd.DataFrame, key: dict[str, str]) -> pd.DataFrame:
    for column, value in key.items():
        table = table[table[column] == value]
    return table


def _failed(protocol: str, answers: pd.DataFrame, judged: pd.DataFrame) -> int:
    """Return the number of requests without a response, and of questions in those of batteries."""
    if find_protocol(protocol).putting == "battery":
        return int((judged["status"] == "failed").sum())
    return int(answers["failure"].notna().sum())


def _cut_thinking(failures: pd.Series[str]) -> int:
    return int(failures.dropna().str.startswith(CUT_OFF_KIND).sum())


def _mean(values: pd.Series[float]) -> float | None:
    known = values.dropna()
    return float(known.mean()) if len(known) else None


def _counts(rows: pd.DataFrame) -> dict[str, int | float | None]:
    status = rows["status"].value_counts()
    return {
        "truncated": int(rows["truncated"].sum()),
        "refusals": int(status.get("refusal", 0)),
        "empty": int(status.get("empty", 0)),
        "repetitive": int(rows["repetitive"].sum()),
        "wrong_language": int(rows["wrong_language"].sum()),
        "count_mismatch": int(rows["count_mismatch"].sum()),
        "not_as_asked": int(rows["not_as_asked"].sum()),
        "repaired": int(rows["repaired"].sum()),
        "unparsable": int(status.get("unparsable", 0)),
        "judge_errors": int(status.get("error", 0)),
        "not_drawn": int(status.get("not_drawn", 0)),
        "undefined": int(
            ((rows["status"] == "labelled") & rows["unexcluded_polarity"].isna()).sum()
        ),
        "excluded": int(rows["excluded"].sum()),
        "used": int(rows["value_polarity"].notna().sum()),
        "low_mass": int((rows["option_mass"] < LOW_MASS).sum()),
        "option_mass": _mean(rows["option_mass"]),
        "lost_stances": int(lost_stances(rows).sum()),
    }
