"""Distances between the answers of models and of populations, with intervals over topics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from culture_ray.measures.distance_figures import FIGURES, DistanceFigures, distance_figures
from culture_ray.measures.resampling.resample import topic_draws
from culture_ray.measures.resampling.spread import standard_errors, t_half_width
from culture_ray.measures.result import FEWEST_TOPICS, FloatArray
from culture_ray.settings.run import Settings
from culture_ray.store import catalogue
from culture_ray.survey.answer_shares import AnswerShares
from culture_ray.survey.ground_truth import GroundTruth, Population
from culture_ray.tables import DISTANCES

_CELL = ["protocol", "persona", "model", "language"]
Shares = Mapping[tuple[str, str], AnswerShares]


def write_distances(
    settings: Settings, truth: GroundTruth, shares: Shares | None
) -> pa.Table | None:
    """Write distances.csv of a run and return it; raises DiskProblem.

    None without answers of models, or of populations (`shares`, by population and topic).
    """
    answers = catalogue.read(settings.run, "answers")
    if answers is None or not answers.num_rows or shares is None:
        return None
    order = {topic.id: topic.scale.answers for topic in settings.topics}
    draws = topic_draws(len(order), settings.inference.rounds, settings.seed, "joint topics")
    rows = list(_rows(answers, shares, truth.populations, list(order), draws))
    table = pa.Table.from_pylist(rows, schema=DISTANCES)
    catalogue.write(settings.run, "distances", table)
    return table


def _rows(
    answers: pa.Table,
    shares: Shares,
    populations: Sequence[Population],
    topics: Sequence[str],
    draws: FloatArray,
) -> Iterator[dict[str, Any]]:
    frame = answers.to_pandas()
    frame["persona"] = frame["persona"].fillna("")
    for key, of_cell in frame.groupby(_CELL, sort=False):
        protocol, persona, model, language = (str(part) for part in key)
        cell = {
            "model": model, "language": language, "protocol": protocol, "persona": persona or None,
        }  # fmt: skip
        by_topic = _by_topic(of_cell)
        for population in populations:
            named = {"population": population.name, "population_kind": population.kind}
            both = [
                topic
                for topic in topics
                if topic in by_topic and (population.name, topic) in shares
            ]
            figures = _figures(by_topic, shares, population.name, both, draws[:, _at(topics, both)])
            for row in _figure_rows(figures, len(both)):
                yield cell | named | row


def _by_topic(of_cell: pd.DataFrame) -> dict[str, FloatArray]:
    return {
        str(topic): rows.sort_values("answer")["share"].to_numpy(np.float64)
        for topic, rows in of_cell.groupby("topic", sort=False)
    }


def _at(topics: Sequence[str], chosen: Sequence[str]) -> list[int]:
    return [topics.index(topic) for topic in chosen]


def _figures(
    by_topic: Mapping[str, FloatArray],
    shares: Shares,
    population: str,
    topics: Sequence[str],
    draws: FloatArray,
) -> DistanceFigures:
    of_population = [shares[population, topic] for topic in topics]
    return distance_figures(
        [by_topic[topic] for topic in topics],
        [each.share for each in of_population],
        [each.halves for each in of_population],
        draws,
    )


def _figure_rows(figures: DistanceFigures, topics: int) -> Iterator[dict[str, Any]]:
    clusters = np.full(len(FIGURES), topics)
    error = standard_errors(figures.rounds, clusters)
    half = t_half_width(error, clusters)
    for nth, name in enumerate(FIGURES):
        value = figures.estimate[nth]
        known = not np.isnan(value)
        reference = [_value(each) for each in figures.reference[:, nth]]
        yield {
            "measure": name,
            "topics": topics,
            "value": _value(value),
            "std_error": _value(error[nth]) if known else None,
            "ci_low": _value(value - half[nth]),
            "ci_high": _value(value + half[nth]),
            **dict(zip(("floor", "uniform", "ceiling"), reference, strict=True)),
            "reason": _reason(known, error[nth], topics),
        }


def _reason(known: bool, error: float, topics: int) -> str | None:
    if not topics:
        return "no topic with answers of both"
    if not known:
        return "the population gives one answer to every topic"
    if np.isnan(error):
        return f"no interval: fewer than {FEWEST_TOPICS} topics"
    return None


def _value(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
