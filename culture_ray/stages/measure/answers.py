"""Distributions of a model's answers over the scale of a topic: chosen options, or imported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from culture_ray.judging.answers import scale_shares
from culture_ray.labels.measured import measured_labels
from culture_ray.labels.read import RULE, responses
from culture_ray.prompts.language import Language
from culture_ray.prompts.protocols import find_protocol
from culture_ray.settings.run import Settings
from culture_ray.stages.elicit.option_answers import option_answers
from culture_ray.stages.measure.imported_answers import PROTOCOLS, imported_shares
from culture_ray.store import catalogue
from culture_ray.survey.topics import Scale, Topic
from culture_ray.tables import ANSWERS

_CELL = ["protocol", "persona", "model", "language", "topic"]
_READ = (
    "request_id", "model", "language", "protocol", "persona", "topic", "wording", "text",
    "options", "probabilities", "variant", "finish_reason", "items", "template", "sample",
)  # fmt: skip


def write_answers(settings: Settings) -> pa.Table | None:
    """Write answers.csv of a run and return it; None if nothing was answered on topics' scales.

    The responses are those that have a label by rule that is not excluded, or imported answers.
    Raises BadTable as `imported_shares` does, and DiskProblem.
    """
    rows = offered_responses(settings, measured_labels(settings))
    if rows is None:
        return _write_imported(settings)
    if settings.persona is not None:  # whose groups have figures of their own
        rows = rows.filter(pc.is_null(rows["persona"]))
    offering = _offering(settings.protocol_order)
    table = answers_table(rows.to_pylist(), settings.languages, settings.topics, offering)
    catalogue.write(settings.run, "answers", table)
    return table


def _write_imported(settings: Settings) -> pa.Table | None:
    scales = {topic.id: topic.scale for topic in settings.topics}
    found = [
        entry
        for row, shares in imported_shares(settings)
        for entry in _entries(row, str(row["topic"]), shares, scales)
    ]
    if not found:
        return None
    table = _means(pd.DataFrame(found), list(PROTOCOLS))
    catalogue.write(settings.run, "answers", table)
    return table


def offered_responses(settings: Settings, labels: pd.DataFrame) -> pa.Table | None:
    """Return the responses that have a label by rule that is not excluded, as they are read.

    `labels` are those of `measured_labels`. None if no protocol offers options.
    """
    if not _offering(settings.protocol_order):
        return None
    labelled = (labels["judge"] == RULE) & (labels["status"] == "labelled") & ~labels["excluded"]
    rows = responses(settings.run, settings.models, settings.languages, _READ)
    return rows.filter(pa.array(np.isin(rows["request_id"], labels[labelled]["response_id"])))


def _offering(protocols: Iterable[str]) -> list[str]:
    return [name for name in protocols if find_protocol(name).offers_options]


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
    scales = {topic.id: topic.scale for topic in topics}
    found: list[dict[str, Any]] = []
    for row in rows:
        if row["protocol"] in protocols:
            for topic, shares in response_shares(row, languages[row["language"]], scales):
                found += _entries(row, topic, shares, scales)
    if not found:
        return ANSWERS.empty_table()
    return _means(pd.DataFrame(found), list(protocols))


def response_shares(
    row: Mapping[str, Any], language: Language, scales: Mapping[str, Scale]
) -> Iterator[tuple[str, list[float]]]:
    """Yield each topic that a response answers, with the shares on the topic's scale."""
    if row["text"] is None or scales.keys().isdisjoint(row["items"] or [row["topic"]]):
        return
    for answer in option_answers(row, language):
        if answer.topic not in scales or answer.probabilities is None:
            continue
        shares = scale_shares(answer.codes, answer.probabilities, scales[answer.topic])
        if shares is not None:
            yield answer.topic, shares


def _entries(
    row: Mapping[str, Any], topic: str, shares: Iterable[float], scales: Mapping[str, Scale]
) -> Iterator[dict[str, Any]]:
    """Yield one entry per answer of a response to a topic."""
    key = {name: row[name] or "" for name in _CELL} | {"topic": topic}
    for code, share in zip(scales[topic].answers, shares, strict=True):
        yield key | {"answer": code, "share": share, "responses": 1}


def _means(frame: pd.DataFrame, protocols: list[str]) -> pa.Table:
    frame["protocol"] = pd.Categorical(frame["protocol"], protocols, ordered=True)
    grouped = frame.groupby([*_CELL, "answer"], sort=True, observed=True)
    table = grouped.agg(share=("share", "mean"), responses=("responses", "sum")).reset_index()
    table["persona"] = table["persona"].where(table["persona"] != "", None)
    table["protocol"] = table["protocol"].astype(str)
    return pa.Table.from_pandas(table[ANSWERS.names], schema=ANSWERS, preserve_index=False)
