"""Distributions of a model's answers over the scale of a topic, from options that it chose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from culture_ray.labels.measured import measured_labels
from culture_ray.labels.read import RULE, responses
from culture_ray.prompts.language import Language
from culture_ray.prompts.protocols import find_protocol
from culture_ray.settings.run import Settings
from culture_ray.stages.elicit.option_answers import answer_shares
from culture_ray.store import catalogue
from culture_ray.survey.topics import Topic
from culture_ray.tables import ANSWERS

_CELL = ["protocol", "persona", "model", "language", "topic"]
_READ = (
    "request_id", "model", "language", "protocol", "persona", "topic", "wording", "text",
    "options", "probabilities", "variant", "finish_reason", "template", "sample",
)  # fmt: skip


def write_answers(settings: Settings) -> pa.Table | None:
    """Write answers.csv of a run and return it; None if no protocol offers options.

    The responses are those that have a label by rule that is not excluded.
    """
    offering = [name for name in settings.protocol_order if find_protocol(name).offers_options]
    if not offering:
        return None
    kept = labelled_responses(settings)
    if settings.persona is not None:  # whose groups have figures of their own
        kept = kept.filter(pc.is_null(kept["persona"]))
    table = answers_table(kept.to_pylist(), settings.languages, settings.topics, offering)
    catalogue.write(settings.run, "answers", table)
    return table


def labelled_responses(settings: Settings) -> pa.Table:
    """Return the responses of a run that have a label by rule that is not excluded."""
    labels = measured_labels(settings)
    labelled = (labels["judge"] == RULE) & (labels["status"] == "labelled") & ~labels["excluded"]
    rows = responses(settings.run, settings.models, settings.languages, _READ)
    return rows.filter(pa.array(np.isin(rows["request_id"], labels[labelled]["response_id"])))


def answers_table(
    rows: Iterable[Mapping[str, Any]],
    languages: Mapping[str, Language],
    topics: Iterable[Topic],
    protocols: Iterable[str],
) -> pa.Table:
    """Return the mean distribution of responses by cell and topic (ANSWERS schema).

    Each response counts once: its probabilities are divided by their sum over the scale's options,
    without "don't know"; a response that gives these nothing does not count.
    """
    scales = {topic.id: topic.scale.answers for topic in topics}
    found = []
    for row in rows:
        if row["topic"] not in scales or row["protocol"] not in protocols:
            continue
        answers = scales[row["topic"]]
        shares = answer_shares(row, languages[row["language"]], answers)
        key = {name: row[name] or "" for name in _CELL}
        found += [
            key | {"answer": code, "share": share, "responses": 1}
            for code, share in zip(answers, shares or (), strict=False)
        ]
    if not found:
        return ANSWERS.empty_table()
    return _means(pd.DataFrame(found), list(protocols))


def _means(frame: pd.DataFrame, protocols: list[str]) -> pa.Table:
    frame["protocol"] = pd.Categorical(frame["protocol"], protocols, ordered=True)
    grouped = frame.groupby([*_CELL, "answer"], sort=True, observed=True)
    table = grouped.agg(share=("share", "mean"), responses=("responses", "sum")).reset_index()
    table["persona"] = table["persona"].where(table["persona"] != "", None)
    table["protocol"] = table["protocol"].astype(str)
    return pa.Table.from_pandas(table[ANSWERS.names], schema=ANSWERS, preserve_index=False)
