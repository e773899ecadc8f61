"""Stage measure: labels reduced to distributions, alignment and self-consistency."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from culture_ray.labels.measured import measured_counts
from culture_ray.measures.alignment import Level, alignment
from culture_ray.measures.baselines import OPINIONS, baseline_polarity
from culture_ray.measures.cells import Cell, tabulate
from culture_ray.measures.consistency import self_consistency
from culture_ray.measures.reliability import disattenuated
from culture_ray.measures.result import FloatArray, IntArray, Measured
from culture_ray.settings.comparison import Baseline
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.judge.agreement import write_agreement
from culture_ray.stages.judge.error import JudgeError, error_sentences
from culture_ray.stages.measure.answers import write_answers
from culture_ray.stages.measure.exclusions import write_exclusions
from culture_ray.store import catalogue
from culture_ray.store.provenance import amend
from culture_ray.survey.ground_truth import GroundTruth
from culture_ray.tables import TABLES

BASELINE_FAMILY = "baseline"
_NO_PERSONA = ""
SCHEMAS = {name: TABLES[name].schema for name in ("distributions", "alignment", "consistency")}


@dataclass(frozen=True)
class CellKey:
    """Key of a cell, a set of responses that are measured together."""

    model: str
    family: str
    language: str
    protocol: str
    persona: str | None
    judge: str | None

    def columns(self) -> dict[str, str | None]:
        """Return the key as the first columns of a table."""
        return {
            "model": self.model,
            "family": self.family,
            "language": self.language,
            "protocol": self.protocol,
            "persona": self.persona,
            "judge": self.judge,
        }


@dataclass(frozen=True, eq=False)
class _Responses:
    """Responses of one cell, one entry per topic and value polarity (NaN where undefined)."""

    topic: IntArray
    polarity: FloatArray
    times: IntArray
    """Responses per entry; `pro`, `con` and `neutral` are sums over these."""
    sides: IntArray
    """Pro and con stances of a single response of the entry."""
    pro: IntArray
    con: IntArray
    neutral: IntArray


def measure(context: RunContext) -> dict[str, pa.Table]:
    """Write distributions, alignment and consistency of a run and return them by name."""
    settings, truth, errors = context.settings, context.ground_truth, context.judge_errors
    labelled = measured_counts(settings)
    write_exclusions(settings.run, settings.judging, labelled, truth)
    write_answers(settings)
    write_agreement(settings.run, settings.models, settings.languages, settings.judges)
    parts: dict[str, list[pa.RecordBatch]] = {name: [] for name in SCHEMAS}
    for key, responses in _cells(settings, truth, labelled):
        cell = tabulate(responses.topic, responses.polarity, responses.times)
        error = errors.get((key.judge or "", key.language))
        rows = {
            "distributions": _distribution(key, responses, truth.topics),
            "alignment": _alignment(key, cell, truth),
            "consistency": [_consistency(key, cell, responses, error)],
        }
        # Convert to columns at once: rows of Python objects take twenty times the memory.
        for name, schema in SCHEMAS.items():
            parts[name].append(pa.RecordBatch.from_pylist(rows[name], schema=schema))
    tables = {
        name: pa.Table.from_batches(parts[name], schema=schema).combine_chunks()
        for name, schema in SCHEMAS.items()
    }
    for name, table in tables.items():
        catalogue.write(settings.run, name, table)
    amend(settings.run, {"judge_error": error_sentences(errors)})
    return tables


def _cells(
    settings: Settings, truth: GroundTruth, table: pd.DataFrame
) -> Iterator[tuple[CellKey, _Responses]]:
    # The run's own order, with the main protocol and the first judge first: figures and
    # regressions use these.
    table = table.assign(persona=table["persona"].fillna(_NO_PERSONA))
    countries = [name for protocol in settings.protocols.values() for name in protocol.countries]
    orders = {
        "protocol": settings.protocol_order,
        "persona": (_NO_PERSONA, *dict.fromkeys(countries)),
    }
    for column, order in orders.items():
        table = table[table[column].isin(list(order))]
        table[column] = pd.Categorical(table[column], list(order), ordered=True)
    position = {topic: index for index, topic in enumerate(truth.topics)}
    table = table[table["topic"].isin(position)]
    by = ["protocol", "persona", "model", "language", "judge"]
    grouped = table.groupby(by, sort=True, observed=True)
    for key, rows in grouped:
        protocol, persona, model, language, judge = (str(part) for part in key)
        family = settings.models[model].family
        yield (
            CellKey(model, family, language, protocol, persona or None, judge),
            _Responses(
                topic=np.array([position[topic] for topic in rows["topic"]], np.int64),
                polarity=rows["value_polarity"].to_numpy(np.float64, na_value=np.nan),
                times=rows["responses"].to_numpy(np.int64),
                sides=rows["sides"].to_numpy(np.int64),
                pro=rows["pro"].fillna(0).to_numpy(np.int64),
                con=rows["con"].fillna(0).to_numpy(np.int64),
                neutral=rows["neutral"].fillna(0).to_numpy(np.int64),
            ),
        )
    topics_asked = {
        (str(protocol), str(language)): _most_asked(rows, position)
        for (protocol, language), rows in table[table["persona"] == _NO_PERSONA].groupby(
            ["protocol", "language"], sort=True, observed=True
        )
    }
    yield from _baselines(settings.seed, settings.baselines, truth, topics_asked)


def _most_asked(rows: pd.DataFrame, position: Mapping[str, int]) -> IntArray:
    """Return the topics of the model with most responses; baselines answer the same topics."""
    cells = rows.groupby(["model", "judge"], sort=True, observed=True)
    most = max((cell for _, cell in cells), key=lambda cell: int(cell["responses"].sum()))
    topics = np.asarray(most["topic"].map(position), np.int64)
    return np.repeat(topics, most["responses"].to_numpy(np.int64))


def _baselines(
    seed: int,
    baselines: Sequence[Baseline],
    truth: GroundTruth,
    topics_asked: Mapping[tuple[str, str], IntArray],
) -> Iterator[tuple[CellKey, _Responses]]:
    for name in baselines:
        for (protocol, language), topic in topics_asked.items():
            speakers = truth.speakers_of(language)
            if speakers is None:
                continue
            speaker_polarity = truth.value_polarity[truth.row(speakers.name)]
            polarity = baseline_polarity(
                name, topic, speaker_polarity, seed=seed, language=f"{protocol} {language}"
            )
            pro = np.round(np.nan_to_num(polarity) * OPINIONS).astype(np.int64)
            known = ~np.isnan(polarity)
            yield (
                CellKey(name, BASELINE_FAMILY, language, protocol, None, None),
                _Responses(
                    topic,
                    polarity,
                    np.ones_like(pro),
                    OPINIONS * known,
                    pro,
                    (OPINIONS - pro) * known,
                    np.zeros_like(pro),
                ),
            )


def _distribution(
    key: CellKey, responses: _Responses, topics: tuple[str, ...]
) -> list[dict[str, Any]]:
    rows = []
    for index in np.unique(responses.topic):
        of_topic = responses.topic == index
        polarity, times = responses.polarity[of_topic], responses.times[of_topic]
        known = ~np.isnan(polarity)
        used, weights = polarity[known], times[known]
        values, inverse = np.unique(np.round(used, 12), return_inverse=True)
        counts = np.bincount(inverse, weights=weights, minlength=values.size).astype(np.int64)
        rows.append(
            key.columns()
            | {
                "topic": topics[index],
                "responses": int(times.sum()),
                "used": int(weights.sum()),
                "pro": int(responses.pro[of_topic].sum()),
                "con": int(responses.con[of_topic].sum()),
                "neutral": int(responses.neutral[of_topic].sum()),
                "value_polarity": float(used @ weights / weights.sum()) if used.size else None,
                "values": values.tolist(),
                "counts": counts.tolist(),
            }
        )
    return rows


def _alignment(key: CellKey, cell: Cell, truth: GroundTruth) -> list[dict[str, Any]]:
    over_responses = alignment(cell, truth.value_polarity)
    over_topics = alignment(cell, truth.value_polarity, level=Level.TOPICS)
    responses, topics = cell.coverage(truth.value_polarity)
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


def _consistency(
    key: CellKey, cell: Cell, responses: _Responses, error: JudgeError | None
) -> dict[str, Any]:
    consistency = self_consistency(cell)
    noise = {} if error is None else _judge_noise(error, responses)
    reliability = np.asarray(noise.get("judge_reliability"), np.float64)
    return (
        key.columns()
        | noise
        | {
            "topics": int((cell.responses_per_topic >= 2).sum()),
            "responses": cell.responses,
            "self_consistency": _value(consistency, ()),
            "self_consistency_judge_free": _value(
                disattenuated(consistency, reliability, reliability), ()
            ),
            "reason": consistency.reason_texts()[0] or None,
        }
    )


def _judge_noise(error: JudgeError, responses: _Responses) -> dict[str, Any]:
    """Return the columns on the judge's noise; imported labels lack the number of opinions."""
    sides = np.repeat(responses.sides, responses.times).astype(np.float64)
    expanded = np.repeat(responses.polarity, responses.times)
    polarity = np.where((sides > 0) | (error.constant is not None), expanded, np.nan)
    worst, best = error.interval(polarity, np.maximum(sides, 1.0))
    return {
        "judge_error": None if np.isnan(error.flipped) else error.flipped,
        "judge_error_source": error.source,
        "judge_reliability": _value(error.reliability(polarity, np.maximum(sides, 1.0)), ()),
        "judge_reliability_ci_low": _value(worst, ()),
        "judge_reliability_ci_high": _value(best, ()),
    }


def _value(result: Measured, index: int | tuple[()]) -> float | None:
    return float(result.value[index]) if result.defined[index] else None
