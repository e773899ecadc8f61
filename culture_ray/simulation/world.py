"""World: the quantities from which simulated studies are drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from culture_ray.measures.result import IntArray


@dataclass(frozen=True)
class World:
    """Parameters of simulated studies; alignments and self-consistencies are true correlations.

    The defaults are those of the published study (Rystrøm et al. 2025).
    """

    families: int = 3
    per_family: int = 3
    languages: int = 4
    topics: int = 32
    responses: int = 250
    """Usable responses of a cell."""
    thin_cells: int = 0
    """Number of cells with only `thin_responses` usable responses, as one published cell has."""
    thin_responses: int = 33

    slope: float = 0.0
    """Alignment per unit of capability within family and language: what is to be found."""

    level: float = 0.53
    sd_language: float = 0.04
    sd_family: float = 0.05
    family_on_capability: float = 0.7
    """Correlation of a family's alignment with its level of capability."""

    sd_model: float = 0.04
    sd_cell: float = 0.03
    consistency: float = 0.65
    consistency_effect: float = 0.5
    sd_consistency_model: float = 0.05
    sd_consistency_cell: float = 0.05

    between_populations: float = 0.75
    """Correlation of two populations' opinions."""

    us_pull: float = 0.1
    """Weight of the US in models' opinions, beyond that of the language's speakers."""

    capability_factor: float = 0.0
    """Share of what is odd about a topic that lies on a factor whose weight is proportional to
    capability, averaged over cells: abler models err alike."""

    sd_family_language: float = 0.0
    """Families differ in alignment by language, beyond their levels and the languages'."""

    shared: tuple[float, float, float, float, float] = (0.25, 0.3, 0.05, 0.15, 0.25)
    """Shares of what is odd about a topic: common to all, of language, family, model, and cell."""

    twins: int = 0
    """Number of models of the first family that are its first model under another name."""

    skew: float = 0.0
    """Logit by which models lean to pro whatever the topic, which makes their answers skewed."""

    judge_error: float = 0.0
    """Probability that the judge reads an opinion as its opposite."""

    judge_lean: float = 0.0
    """Share of opinions that the judge decides as people in the US would."""

    batteries: int = 0
    """Number of item batteries among which the topics are divided; 0 for none."""

    battery_share: float = 0.3
    """Share of every opinion on a topic that its battery has in common."""

    @property
    def cells(self) -> CellLabels:
        """Return the labels of the cells, languages running fastest."""
        models = self.families * self.per_family
        model, language = np.divmod(np.arange(models * self.languages), self.languages)
        return CellLabels(model, model // self.per_family, language)


@dataclass(frozen=True)
class CellLabels:
    """Number of the model, family and language of each of n cells; (n,) each."""

    model: IntArray
    family: IntArray
    language: IntArray
