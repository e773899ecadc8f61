"""Labels as they are measured: in the order of judges, with a vote, without what is excluded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pandas as pd

from culture_ray.judging.agreement import majority_vote
from culture_ray.prompts.protocols import PROTOCOLS
from culture_ray.stages.read_labels import RULE, labels
from culture_ray.stages.settings import Exclude, Settings

FIRST, MAJORITY = "first", "majority"
RULES = tuple(asdict(Exclude()))
"""Rules of exclusion; labels as measured have a column for each."""


def judge_order(settings: Settings) -> list[str]:
    """Return whose labels are measured, first the one that figures and regressions take."""
    use, names = settings.judging.use, list(settings.judges)
    if use == FIRST or use not in (MAJORITY, *names):
        return names
    return [use, *(name for name in names if name != use)]


def judged(settings: Settings) -> pd.DataFrame:
    """Return the labels of a run as measured, a row per response and judge.

    Columns of MEASURED, with `value_polarity` null and no stances counted where a rule in force
    excludes the label; a flag per rule of RULES; `excluded`; and `unexcluded_polarity`. The vote of
    several judges stands as a judge of its own where the run measures it; labels by rule, of
    protocols without a judge, come last.
    """
    voting = settings.judging.use == MAJORITY
    table = labels(settings.run, settings.models, settings.languages, stances=voting).to_pandas()
    table = table[table["judge"].isin([*settings.judges, RULE])]
    if voting:
        votes = _votes(table[table["judge"] != RULE])
        table = pd.concat([table, votes], ignore_index=True).drop(columns="stances")
    order = [*judge_order(settings), *({RULE} & set(table["judge"]))]
    table["judge"] = pd.Categorical(table["judge"], order, ordered=True)
    return _excluded(table.reset_index(drop=True), settings.judging.exclude)


def _excluded(table: pd.DataFrame, exclude: Exclude) -> pd.DataFrame:
    said = table["value_polarity"].notna()
    counted = table[["pro", "con", "neutral"]].sum(axis=1, min_count=1)
    asked = table["protocol"].map({name: p.opinions for name, p in PROTOCOLS.items()})
    by_rule = table["opinions"].notna()
    for rule in ("truncated", "wrong_language", "repetitive", "repaired"):
        table[rule] = table[rule].fillna(False).astype(bool)
    table["count_mismatch"] = by_rule & counted.notna() & (counted != table["opinions"])
    table["not_as_asked"] = by_rule & (table["opinions"] != asked)
    in_force = [rule for rule, on in asdict(exclude).items() if on]
    table["unexcluded_polarity"] = table["value_polarity"]
    table["excluded"] = said & table[in_force].any(axis=1) if in_force else False
    table.loc[table["excluded"], ["value_polarity"]] = float("nan")
    table.loc[table["excluded"], ["pro", "con", "neutral"]] = 0
    return table


def _votes(table: pd.DataFrame) -> pd.DataFrame:
    """A row per response: what most judges said, or why nobody said anything."""
    return pd.DataFrame(list(_voted(table)), columns=table.columns)


def _voted(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for _, rows in table.groupby("response_id", sort=False):
        first = {str(name): value for name, value in rows.iloc[0].to_dict().items()}
        said = rows[rows["status"] == "labelled"]
        vote = majority_vote(
            [tuple(stances) for stances in said["stances"]],
            opinions=None if pd.isna(first["opinions"]) else int(first["opinions"]),
        )
        row = first | {"judge": MAJORITY, "repaired": bool(rows["repaired"].any())}
        if vote is not None:
            pro, con = vote.stances.count("pro"), vote.stances.count("con")
            row |= {
                "status": "labelled",
                "stances": list(vote.stances),
                "pro": pro,
                "con": con,
                "neutral": vote.stances.count("neutral"),
                "value_polarity": pro / (pro + con) if pro + con else None,
            }
        yield row
