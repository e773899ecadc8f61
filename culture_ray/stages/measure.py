"""Measure: labels are reduced to distributions, and those to alignment and self-consistency."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from culture_ray.measures.alignment import Level, alignment
from culture_ray.measures.baselines import OPINIONS, baseline_polarity
from culture_ray.measures.cells import Cell, tabulate
from culture_ray.measures.consistency import self_consistency
from culture_ray.measures.measured import FloatArray, IntArray, Measured
from culture_ray.stages.ground_truth import ground_truth_of
from culture_ray.stages.read_labels import labels
from culture_ray.stages.settings import Settings
from culture_ray.store.shards import replace_table
from culture_ray.survey.ground_truth import GroundTruth
from culture_ray.tables import ALIGNMENT, CONSISTENCY, DISTRIBUTIONS

BASELINE_FAMILY = "baseline"
SCHEMAS = {"distributions": DISTRIBUTIONS, "alignment": ALIGNMENT, "consistency": CONSISTENCY}


@dataclass(frozen=True)
class CellKey:
    """Which responses are measured together."""

    model: str
    family: str
    language: str
    protocol: str
    judge: str | None

    def columns(self) -> dict[str, str | None]:
        """Return the key as the first columns of a table."""
        return {
            "model": self.model,
            "family": self.family,
            "language": self.language,
            "protocol": self.protocol,
            "judge": self.judge,
        }


@dataclass(frozen=True, eq=False)
class _Responses:
    """One cell's responses, an entry per response; NaN where the value polarity is undefined."""

    topic: IntArray
    polarity: FloatArray
    pro: IntArray
    con: IntArray
    neutral: IntArray


def measure(settings: Settings) -> dict[str, pa.Table]:
    """Write distributions, alignment and consistency of a run and return them by name."""
    truth = ground_truth_of(settings)
    parts: dict[str, list[pa.RecordBatch]] = {name: [] for name in SCHEMAS}
    for key, responses in _cells(settings, truth):
        cell = tabulate(responses.topic, responses.polarity)
        rows = {
            "distributions": _distribution(key, responses, truth.topics),
            "alignment": _alignment(key, cell, truth),
            "consistency": [_consistency(key, cell)],
        }
        # Columns as soon as may be: rows of Python objects take twenty times the memory.
        for name, schema in SCHEMAS.items():
            parts[name].append(pa.RecordBatch.from_pylist(rows[name], schema=schema))
    tables = {
        name: pa.Table.from_batches(parts[name], schema=schema).combine_chunks()
        for name, schema in SCHEMAS.items()
    }
    for name, table in tables.items():
        replace_table(settings.run.folder / f"{name}.arrow", table)
    return tables


def _cells(settings: Settings, truth: GroundTruth) -> Iterator[tuple[CellKey, _Responses]]:
    table = labels(settings.run, settings.models, settings.languages).to_pandas()
    # In the run's own order of judges: the first one is what figures and regressions show.
    table = table[table["judge"].isin(list(settings.judges))]
    table["judge"] = pd.Categorical(table["judge"], list(settings.judges), ordered=True)
    position = {topic: index for index, topic in enumerate(truth.topics)}
    table = table[table["topic"].isin(position)]
    by = ["model", "language", "protocol", "judge"]
    grouped = table.groupby(by, sort=True, observed=True)
    for key, rows in grouped:
        model, language, protocol, judge = (str(part) for part in key)
        family = settings.models[model].family
        yield (
            CellKey(model, family, language, protocol, judge),
            _Responses(
                topic=np.array([position[topic] for topic in rows["topic"]], np.int64),
                polarity=rows["value_polarity"].to_numpy(np.float64, na_value=np.nan),
                pro=rows["pro"].fillna(0).to_numpy(np.int64),
                con=rows["con"].fillna(0).to_numpy(np.int64),
                neutral=rows["neutral"].fillna(0).to_numpy(np.int64),
            ),
        )
    asked = {
        (str(protocol), str(language)): _most_asked(rows, position)
        for (protocol, language), rows in table.groupby(["protocol", "language"], sort=True)
    }
    yield from _baselines(settings, truth, asked)


def _most_asked(rows: pd.DataFrame, position: Mapping[str, int]) -> IntArray:
    """Return the topics of the model with most responses: baselines are asked the same."""
    cells = rows.groupby(["model", "judge"], sort=True, observed=True)["topic"]
    most = max((topics for _, topics in cells), key=len)
    return np.asarray(most.map(position), np.int64)


def _baselines(
    settings: Settings, truth: GroundTruth, asked: Mapping[tuple[str, str], IntArray]
) -> Iterator[tuple[CellKey, _Responses]]:
    for name in settings.baselines:
        for (protocol, language), topic in asked.items():
            speakers = truth.speakers_of(language)
            if speakers is None:
                continue
            people = truth.value_polarity[truth.row(speakers.name)]
            polarity = baseline_polarity(
                name, topic, people, seed=settings.seed, language=f"{protocol} {language}"
            )
            pro = np.round(np.nan_to_num(polarity) * OPINIONS).astype(np.int64)
            known = ~np.isnan(polarity)
            yield (
                CellKey(name, BASELINE_FAMILY, language, protocol, None),
                _Responses(topic, polarity, pro, (OPINIONS - pro) * known, np.zeros_like(pro)),
            )


def _distribution(
    key: CellKey, responses: _Responses, topics: tuple[str, ...]
) -> list[dict[str, Any]]:
    rows = []
    for index in np.unique(responses.topic):
        mine = responses.topic == index
        polarity = responses.polarity[mine]
        used = polarity[~np.isnan(polarity)]
        values, counts = np.unique(np.round(used, 12), return_counts=True)
        rows.append(
            key.columns()
            | {
                "topic": topics[index],
                "responses": int(mine.sum()),
                "used": int(used.size),
                "pro": int(responses.pro[mine].sum()),
                "con": int(responses.con[mine].sum()),
                "neutral": int(responses.neutral[mine].sum()),
                "value_polarity": float(used.mean()) if used.size else None,
                "values": values.tolist(),
                "counts": counts.tolist(),
            }
        )
    return rows


def _alignment(key: CellKey, cell: Cell, truth: GroundTruth) -> list[dict[str, Any]]:
    over_responses = alignment(cell, truth.value_polarity)
    over_topics = alignment(cell, truth.value_polarity, level=Level.TOPICS)
    responses, topics = cell.covered_by(truth.value_polarity)
    reasons = over_responses.reason_texts()
    return [
        key.columns()
        | {
            "population": population.name,
            "population_kind": population.kind,
            "topics": int(topics[index]),
            "responses": int(responses[index]),
            "alignment": _value(over_responses, index),
            "alignment_topics": _value(over_topics, index),
            "reason": reasons[index] or None,
        }
        for index, population in enumerate(truth.populations)
    ]


def _consistency(key: CellKey, cell: Cell) -> dict[str, Any]:
    found = self_consistency(cell)
    return key.columns() | {
        "topics": int((cell.responses_per_topic >= 2).sum()),
        "responses": cell.responses,
        "self_consistency": _value(found, ()),
        "reason": found.reason_texts()[0] or None,
    }


def _value(found: Measured, index: int | tuple[()]) -> float | None:
    return float(found.value[index]) if found.defined[index] else None
