"""Responses for the browser of the page: all of them, or as large a stratified sample as fits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow.compute as pc
import pyarrow.dataset as ds

from culture_ray.judging.marked import marked_opinions
from culture_ray.judging.opinions import split_opinions
from culture_ray.judging.vocabulary import Vocabulary, vocabulary
from culture_ray.labels.by_response import label_by_response
from culture_ray.labels.judge_order import judge_order
from culture_ray.labels.read import RULE, response_slices
from culture_ray.plan.engines import base_models
from culture_ray.redaction.visible import visible_in_page
from culture_ray.report.responses import BrowsedResponse
from culture_ray.settings.judging import Judge, JudgingSettings
from culture_ray.settings.run import Settings
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import LABELS

BUDGET = 1_500_000
"""Characters of responses in the page."""
LONGEST = 6_000
"""Characters of one response in the page."""
_LONGEST_SPLIT = 20_000
_OVERHEAD = 60
"""Characters of a response besides its text."""

FLAGS = ("truncated", "repetitive", "wrong_language", "repaired")
_KEY = ["model", "language", "topic", "protocol"]


@dataclass(frozen=True)
class Browsed:
    """Responses for the browser of the page."""

    responses: tuple[BrowsedResponse, ...] = ()
    complete: bool = True
    """True if these are all responses of the run."""


def browsed_responses(settings: Settings, budget: int = BUDGET) -> Browsed:
    """Return responses with their stances, at most `budget` characters together.

    Cells of model, language, topic and protocol take turns, each in the order of the ids, which are
    hashes: the sample is random, stratified, and the same every time.
    """
    chosen, complete = _chosen(settings.run, settings.models, settings.languages, budget)
    if not chosen:
        return Browsed(complete=complete)
    labels = _labels(settings.run, settings.judges, settings.judging, chosen)
    words, base = vocabulary(settings.phrases), base_models(settings.models)
    columns = ["request_id", *_KEY, "persona", "prompt", "text"]
    rows = [
        row
        for part in response_slices(settings.run, columns)
        for row in part.filter(pc.field("request_id").isin(chosen)).to_pylist()
    ]
    place = {name: index for index, name in enumerate(chosen)}
    rows.sort(key=lambda row: place[row["request_id"]])
    return Browsed(
        tuple(
            _browsed(row, labels.get(row["request_id"], {}), words, row["model"] in base)
            for row in rows
        ),
        complete,
    )


def _chosen(
    run: RunDirectory, models: Collection[str], languages: Collection[str], budget: int
) -> tuple[list[str], bool]:
    """Return the ids of the responses that fit, in turns of cells, and True if all fit."""
    parts = []
    for part in response_slices(run, ["request_id", *_KEY, "text"]):
        known = part.filter(
            pc.field("model").isin(list(models))
            & pc.field("language").isin(list(languages))
            & pc.field("text").is_valid()
        )
        lengths = pc.min_element_wise(pc.utf8_length(known["text"]), LONGEST)
        parts.append(known.drop_columns(["text"]).append_column("length", lengths).to_pandas())
    if not parts:
        return [], True
    rows = pd.concat(parts).sort_values("request_id", kind="stable")
    rows["turn"] = rows.groupby(_KEY).cumcount()
    rows = rows.sort_values(["turn", "request_id"], kind="stable")
    fits = (rows["length"] + _OVERHEAD).cumsum() <= budget
    return [str(name) for name in rows.loc[fits.to_numpy(), "request_id"]], bool(fits.all())


def _labels(
    run: RunDirectory, judges: Mapping[str, Judge], judging: JudgingSettings, ids: Sequence[str]
) -> dict[str, Mapping[str, Any]]:
    """Return the labels of the first judge, or by rule, by id of the response."""
    paths = [str(path) for path in run.shards("labels")]
    if not paths:
        return {}
    named = [name for name in judge_order(judges, judging) if name in judges]
    table = ds.dataset(paths, schema=LABELS, format="arrow").to_table(
        columns=["response_id", "status", "stances", *FLAGS],
        filter=pc.field("judge").isin([*named[:1], RULE]) & pc.field("response_id").isin(ids),
    )
    return label_by_response(table.to_pylist())


def _browsed(
    row: Mapping[str, Any], label: Mapping[str, Any], words: Vocabulary, continues_list: bool
) -> BrowsedResponse:
    text, stances = str(row["text"]), tuple(label.get("stances") or ())
    shown = visible_in_page(text[:LONGEST])
    opinions: Sequence[str] = ()
    if stances and len(text) <= _LONGEST_SPLIT:
        opinions = split_opinions(text, words, continues_list=continues_list).opinions
    persona = f" ({row['persona']})" if isinstance(row["persona"], str) else ""
    return BrowsedResponse(
        model=row["model"],
        language=row["language"],
        topic=row["topic"],
        protocol=row["protocol"] + persona,
        prompt=row["prompt"] or "",
        text=shown,
        left_out=max(0, len(text) - LONGEST),
        status=label.get("status") or "not judged",
        flags=tuple(flag for flag in FLAGS if label.get(flag)),
        stances=stances,
        marked=tuple(
            (one.start, one.end, one.stance) for one in marked_opinions(shown, opinions, stances)
        ),
    )
