"""Personas: effect on alignment of naming the country that the respondents come from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from culture_ray.measures.cells import Cell, tabulate
from culture_ray.measures.resampling.spread import mean_of_defined
from culture_ray.measures.result import FloatArray, IntArray
from culture_ray.regression.robustness.checks import Check
from culture_ray.regression.robustness.conditioning import count_tensor
from culture_ray.regression.robustness.steerability import (
    CHECK,
    matching_gain,
    squared_spread_ratio,
)
from culture_ray.regression.robustness.study import MIN_TOPICS, Study

PERSONA = "gain in alignment from a persona of the population"
PERSONA_SPREAD = "spread of value polarity between personas"

_NO_PERSONA = "No prompt gives the model a persona."
_TWO_PERSONAS = f"Fewer than two personas have {MIN_TOPICS} topics with responses and ground truth."
_ALL_AGREE = "One of the alignments is undefined because all responses agree."
_NO_TOPIC = "No topic has two responses with each of two personas and ground truth of both."


def personas(study: Study) -> list[Check]:
    """Return gains in alignment and spread ratios per model and language, and mean gains per model.

    `study` contains the responses with a persona. The gain is the alignment of a country's persona
    with its people minus that of the other personas in the same language, averaged over countries:
    0 for a model that ignores the persona. The spread ratio is the spread of value polarity between
    personas over that between the people of the countries: 1 if the model differs as much as people
    do, more if it exaggerates. Source: Rystrøm, Kirk & Hale 2025, demographic prompting.
    """
    if study.responses.persona is None or not study.responses.persona.size:
        heads = (Check(CHECK, PERSONA, "alignment"), _spread(None, None))
        return [head.failed(_NO_PERSONA) for head in heads]
    return [check for row in range(len(study.responses.models)) for check in _of_model(study, row)]


def _of_model(study: Study, row: int) -> list[Check]:
    model, found, gains, topics = study.responses.models[row], [], [], 0
    for column, language in enumerate(study.responses.languages):
        gain_head = Check(CHECK, PERSONA, "alignment", model, language)
        spread_head = _spread(model, language)
        countries, cells = _cells(study, row, column)
        if countries.size < 2:
            found += [head.failed(_TWO_PERSONAS) for head in (gain_head, spread_head)]
            continue
        gain = _gain(study, countries, cells)
        used = np.intersect1d(
            np.unique(np.concatenate([c.topics for c in cells])), study.compared_topics
        )
        gains.append(gain)
        topics = max(topics, used.size)
        found.append(gain_head.with_estimate(gain, used.size, _ALL_AGREE))
        people = study.surveyed.ground_truth[countries]
        values = np.unique(np.concatenate([cell.values for cell in cells]))
        counts = count_tensor(cells, people.shape[1])
        ratio, used_topics = squared_spread_ratio(counts, values, people, study.weights)
        found.append(spread_head.with_root(ratio, used_topics, _NO_TOPIC))
    if gains:
        mean = mean_of_defined(np.stack(gains))
        found.append(
            Check(CHECK, PERSONA, "alignment", model).with_estimate(mean, topics, _ALL_AGREE)
        )
    return found


def _gain(study: Study, countries: IntArray, cells: Sequence[Cell]) -> FloatArray:
    aligned = np.stack([study.aligned(cell, countries).value for cell in cells], axis=1)
    return matching_gain(aligned)[:, -1]


def _cells(study: Study, row: int, column: int) -> tuple[IntArray, list[Cell]]:
    """Return the countries whose personas have enough topics, and the cell of each."""
    responses, truth = study.responses, study.surveyed.ground_truth
    assert responses.persona is not None
    own = study.rows(row, column)
    kept, cells = [], []
    for country in np.unique(responses.persona[own]):
        mine = own[responses.persona[own] == country]
        cell = tabulate(responses.topic[mine], responses.polarity[mine])
        if cell.coverage(truth[[country]])[1][0] >= MIN_TOPICS:
            kept.append(int(country))
            cells.append(cell)
    return np.array(kept, dtype=np.int64), cells


def _spread(model: str | None, language: str | None) -> Check:
    return Check(CHECK, PERSONA_SPREAD, "spread between the countries", model, language)
