"""Labels that the measures use: ordered by judge, with the judges' vote, exclusions applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import groupby
from typing import Any

import pandas as pd
import pyarrow as pa

from culture_ray.engines.model import Model
from culture_ray.judging.agreement import majority_vote
from culture_ray.judging.polarity import value_polarity
from culture_ray.labels.counts import count_labels, label_counts, merge_counts, with_flags
from culture_ray.labels.judge_order import MAJORITY, judge_order
from culture_ray.labels.read import MEASURED, RULE, labels
from culture_ray.prompts.language import Language
from culture_ray.settings.judging import Judge, JudgingSettings
from culture_ray.settings.run import Settings
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import LABELS


def measured_labels(settings: Settings) -> pd.DataFrame:
    """Return the labels of a run that the measures use, one row per response and judge.

    Columns: MEASURED, with null `value_polarity` and zero stances where a rule in force excludes
    the label; a flag per rule of RULES; `excluded`; and `unexcluded_polarity`. If the run measures
    the vote of several judges, the vote is treated as another judge. Rule labels, of protocols
    without a judge, come last.
    """
    table = labels(settings.run, settings.models, settings.languages)
    if settings.judging.use == MAJORITY:
        table = pa.concat_tables(
            [table, _votes(settings.run, settings.models, settings.languages, settings.judges)]
        )
    return _as_measured(
        settings.judges, settings.judging, with_flags(table).drop_columns(["sides"])
    )


def measured_counts(settings: Settings) -> pd.DataFrame:
    """Return the counts of the same labels, in bounded memory unless judges vote.

    Columns of `label_counts`, `excluded` and `unexcluded_polarity`.
    """
    table = label_counts(settings.run, settings.models, settings.languages)
    if settings.judging.use == MAJORITY:
        table = merge_counts(
            [
                table,
                count_labels(
                    _votes(settings.run, settings.models, settings.languages, settings.judges)
                ),
            ]
        )
    return _as_measured(settings.judges, settings.judging, table)


def _as_measured(
    judges: Mapping[str, Judge], judging: JudgingSettings, rows: pa.Table
) -> pd.DataFrame:
    table = rows.to_pandas()
    order = [*judge_order(judges, judging), RULE]
    table = table[table["judge"].isin(order)].reset_index(drop=True)
    order = [name for name in order if name != RULE or (table["judge"] == RULE).any()]
    table["judge"] = pd.Categorical(table["judge"], order, ordered=True)
    in_force = [rule for rule, on in asdict(judging.exclude).items() if on]
    defined = table["value_polarity"].notna()
    table["unexcluded_polarity"] = table["value_polarity"]
    table["excluded"] = defined & table[in_force].any(axis=1) if in_force else False
    table.loc[table["excluded"], ["value_polarity"]] = float("nan")
    table.loc[table["excluded"], ["pro", "con", "neutral"]] = 0
    return table


def _votes(
    run: RunDirectory,
    models: Mapping[str, Model],
    languages: Mapping[str, Language],
    judges: Mapping[str, Judge],
) -> pa.Table:
    """Return one row per response: the vote of its judges, or the reason why there is none."""
    table = labels(run, models, languages, stances=True)
    rows = [row for row in table.to_pylist() if row["judge"] in judges]
    schema = pa.schema([LABELS.field(name) for name in MEASURED]).remove_metadata()
    return pa.Table.from_pylist(list(_voted(rows)), schema=schema)


def _voted(rows: list[dict[str, Any]]) -> Iterator[Mapping[str, Any]]:
    def response(row: Mapping[str, Any]) -> str:
        return str(row["response_id"])

    for _, labels_of_response in groupby(sorted(rows, key=response), key=response):
        group = list(labels_of_response)
        vote = majority_vote(
            [tuple(row["stances"]) for row in group if row["status"] == "labelled"],
            opinions=group[0]["opinions"],
        )
        voted = group[0] | {
            "judge": MAJORITY,
            "repaired": any(row["repaired"] for row in group),
        }
        if vote is not None:
            pro, con = vote.stances.count("pro"), vote.stances.count("con")
            voted |= {
                "status": "labelled",
                "pro": pro,
                "con": con,
                "neutral": vote.stances.count("neutral"),
                "value_polarity": value_polarity(pro, con),
            }
        yield voted
