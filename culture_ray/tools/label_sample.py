"""Sample of responses to label: stratified, with the probability that each was drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from culture_ray.measures.labelled.allocation import allocated

CellOf = tuple[str, str, str, str]


@dataclass(frozen=True)
class Candidate:
    """Response that a judge was asked about."""

    id: str
    model: str
    language: str
    topic: str
    text: str
    protocol: str = ""
    persona: str = ""

    @property
    def cell(self) -> CellOf:
        """Return the cell of the response, for which figures are computed."""
        return (self.language, self.protocol, self.persona, self.model)


@dataclass(frozen=True)
class Drawn:
    """Response of the sample."""

    candidate: Candidate
    probability: float
    """Probability that a sample of this size contains the response."""


def draw_sample(candidates: Sequence[Candidate], n: int, seed: int) -> list[Drawn]:
    """Return a stratified sample of `n` candidates, or all if there are fewer.

    Cells have equal numbers of responses, as far as they have as many, and each response of a cell
    has the same probability. Numbers by model, language and topic, by model and language, and by
    language and topic are their expectations rounded up or down. The sample is sorted by language,
    in random order within it.
    """
    generator = np.random.default_rng(seed)
    strata: dict[tuple[CellOf, str], list[Candidate]] = {}
    for candidate in sorted(candidates, key=lambda candidate: candidate.id):
        strata.setdefault((candidate.cell, candidate.topic), []).append(candidate)
    cells = sorted({cell for cell, _ in strata})
    languages = sorted({cell[0] for cell in cells})
    topics = sorted({topic for _, topic in strata})
    sizes = np.array([[len(strata.get((c, t), ())) for t in topics] for c in cells], np.float64)
    groups = np.array([languages.index(cell[0]) for cell in cells])
    numbers, probabilities = allocated(sizes, groups, n, generator)
    drawn: list[list[Drawn]] = [[] for _ in languages]
    for row, column in np.argwhere(numbers > 0).tolist():
        stratum = strata[cells[row], topics[column]]
        for index in generator.choice(len(stratum), numbers[row, column], replace=False).tolist():
            drawn[groups[row]].append(Drawn(stratum[index], float(probabilities[row])))
    return [of[index] for of in drawn for index in generator.permutation(len(of)).tolist()]
