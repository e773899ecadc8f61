"""Ceiling of alignment: self-consistency of populations, and how far they agree with each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa

from culture_ray.measures.alignment import alignment, alignment_of_groups
from culture_ray.measures.baselines import OPINIONS
from culture_ray.measures.cells import tabulate
from culture_ray.measures.consistency import population_self_consistency, shares_of_groups
from culture_ray.measures.levels import levels
from culture_ray.measures.result import FloatArray
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.survey.ground_truth import GroundTruth
from culture_ray.tables import PEOPLE, PEOPLE_CORRELATIONS


@dataclass(frozen=True)
class PopulationCeiling:
    """Self-consistency of a run's populations, and the agreement between them."""

    people: pa.Table
    """PEOPLE schema, in the run's order."""
    correlations: pa.Table
    """PEOPLE_CORRELATIONS schema, each pair once."""


def write_population_ceiling(run: RunDirectory, truth: GroundTruth) -> PopulationCeiling:
    """Write people.csv and people_correlations.csv of a run and return them.

    Raises DiskProblem.
    """
    ceiling = PopulationCeiling(
        pa.Table.from_pylist(list(_consistencies(truth)), schema=PEOPLE),
        pa.Table.from_pylist(list(_pairs(truth)), schema=PEOPLE_CORRELATIONS),
    )
    catalogue.write(run, "people", ceiling.people)
    catalogue.write(run, "people_correlations", ceiling.correlations)
    return ceiling


def _consistencies(truth: GroundTruth) -> Iterator[dict[str, Any]]:
    for row, population in enumerate(truth.populations):
        share = truth.value_polarity[row]
        share = share[~np.isnan(share)]
        consistency = population_self_consistency(shares_of_groups(share, OPINIONS))
        defined = bool(consistency.defined)
        yield {
            "population": population.name,
            "kind": population.kind,
            "topics": share.size,
            "self_consistency": float(consistency.value) if defined else None,
            "reason": None if defined else consistency.reason_texts()[0],
        }


def _pairs(truth: GroundTruth) -> Iterator[dict[str, Any]]:
    polarity = truth.value_polarity
    aligned = [alignment_of_groups(row, OPINIONS, polarity).value for row in polarity]
    for row, other in combinations(range(len(truth.populations)), 2):
        both = ~np.isnan(polarity[row]) & ~np.isnan(polarity[other])
        # One population takes the model's place, with one response per topic.
        cell = tabulate(np.flatnonzero(both), polarity[row][both])
        result = alignment(cell, polarity[[other]])
        defined = bool(result.defined[0])
        yield {
            "population": truth.populations[row].name,
            "other": truth.populations[other].name,
            "topics": int(both.sum()),
            "correlation": float(result.value[0]) if defined else None,
            "reason": None if defined else result.reason_texts()[0],
            "alignment": _known((aligned[row][other] + aligned[other][row]) / 2),
            "gap": _known(_gap(polarity[row], polarity[other])),
        }


def _gap(first: FloatArray, second: FloatArray) -> float:
    """Return the gap between two populations in points; NaN without a shared topic."""
    return float(levels(first[None], second[None]).gap[0])


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
