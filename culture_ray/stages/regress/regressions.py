"""Regressions of a run, with the inference chosen in its settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from culture_ray.settings.inference import InferenceSettings
from culture_ray.stages.regress.cells import Cells
from culture_ray.stages.regress.files import Result
from culture_ray.stages.regress.paper import paper_results
from culture_ray.stages.regress.valid import valid_results


def regressions(
    cells: Cells, inference: InferenceSettings, seed: int, us: str, baselines: Sequence[str]
) -> Iterator[Result]:
    """Yield US bias and the multilingual regressions; `us` is the population of the US."""
    if inference.mode == "valid":
        return valid_results(cells, inference, seed)
    return paper_results(cells, inference, seed, us, baselines)
