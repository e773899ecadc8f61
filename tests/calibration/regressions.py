"""The shipped regressions of many studies at once, and one by one where they differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from culture_ray.measures.cells import Cell
from culture_ray.measures.resemblance import resemblances
from culture_ray.measures.result import BoolArray, FloatArray
from culture_ray.regression import paper
from culture_ray.regression.designs import (
    WITHIN,
    WITHIN_GIVEN_CONSISTENCY,
    WITHIN_POOLED,
    RegressionDesign,
    design_matrices,
)
from culture_ray.regression.estimable import estimable_design
from culture_ray.regression.fitted_terms import supported
from culture_ray.regression.inference import AddedVariance, CoefficientInference, infer
from culture_ray.regression.reml.fit import fit
from culture_ray.regression.results import Term
from culture_ray.regression.sampling import root_of_covariance, shared_between_models
from culture_ray.regression.topic_error import TopicErrors
from culture_ray.regression.valid import Options, regress
from culture_ray.simulation.truths import STATEMENTS
from culture_ray.simulation.world import CellLabels
from tests.calibration.simulate import Studies

DESIGNS = {design.name: design for design in (WITHIN, WITHIN_GIVEN_CONSISTENCY, WITHIN_POOLED)}


@dataclass(frozen=True, eq=False)
class SlopeInference:
    """Inference on p coefficients in B studies; (B, p) each."""

    terms: tuple[str, ...]
    estimates: FloatArray
    inference: CoefficientInference
    known: BoolArray
    """True where the regression shows an interval and a p value."""

    def of(self, start: str) -> SlopeInference:
        """Return the coefficients whose terms begin so."""
        at = [j for j, term in enumerate(self.terms) if term.startswith(start)]
        names = [field.name for field in fields(CoefficientInference)]
        columns = (getattr(self.inference, name)[:, at] for name in names)
        return SlopeInference(
            tuple(self.terms[j] for j in at),
            self.estimates[:, at],
            CoefficientInference(*columns),
            self.known[:, at],
        )

    def rejects(self) -> BoolArray:
        """Return True for each p value that is shown and below 5 %."""
        return np.asarray(self.inference.p_value[self.known] < 0.05)

    def covers(self, truth: npt.ArrayLike) -> BoolArray:
        """Return True for each interval that is shown and contains the truth."""
        found = (self.inference.ci_low <= truth) & (truth <= self.inference.ci_high)
        return np.asarray(found[self.known])


def tables(drawn: Studies) -> list[pd.DataFrame]:
    """Return the rows of every study."""
    names = {
        "model": [f"f{f}m{m}" for f, m in zip(drawn.cells.family, drawn.cells.model, strict=True)],
        "family": [f"f{f}" for f in drawn.cells.family],
        "language": [f"l{k}" for k in drawn.cells.language],
    }
    figures = zip(drawn.alignment, drawn.consistency, drawn.capability, strict=True)
    return [
        pd.DataFrame({**names, "alignment": a, "consistency": r, "capability": c})
        for a, r, c in figures
    ]


def infer_slopes(drawn: Studies, design: RegressionDesign) -> SlopeInference:
    """Return the inference of `regress` in every study, all studies fitted at once.

    A study whose fit finds no optimum shows nothing.
    """
    chosen, rows = Options(), tables(drawn)
    estimable = estimable_design(design, rows[0])[0]
    made = [design_matrices(estimable, table) for table in rows]
    roots = [root_of_covariance(V, len(rows[0])) for V in drawn.V]
    shared = np.array(
        [shared_between_models(root, table) for root, table in zip(roots, rows, strict=True)]
    )
    fits = fit(
        np.array([m.y for m in made]),
        np.array([m.X for m in made]),
        made[0].kernels(),
        shared @ shared.transpose(0, 2, 1),
        residual=chosen.residual,
        bounded=chosen.bounded,
    )
    weights = fits.covariance @ fits.X.transpose(0, 2, 1) @ fits.precision
    model, df = rows[0]["model"].to_numpy(str), drawn.topics - 1.0
    added = [
        TopicErrors(*of_study, model, df).between_models(w)
        for *of_study, w in zip(roots, shared, weights, strict=True)
    ]
    known = infer(fits, chosen.method, AddedVariance(np.array(added), df))
    shown = supported(made[0], known) & fits.converged[:, None]
    return SlopeInference(made[0].terms, fits.estimates, known, shown)


def slope_terms(drawn: Studies, options: Options) -> Iterator[tuple[Term, ...]]:
    """Yield the terms of `capability_within` in each study, design `within_pooled`."""
    for table, V in zip(tables(drawn), drawn.V, strict=True):
        found = regress(table, WITHIN_POOLED, V, options, topics=drawn.topics).terms
        yield tuple(term for term in found if term.term == "capability_within")


def without_twins(drawn: Studies) -> Studies:
    """Return the studies with the twins averaged with the model whose second names they are."""
    cells, twins, languages = drawn.cells, drawn.world.twins, drawn.world.languages
    kept = np.flatnonzero((cells.model == 0) | (cells.model > twins))
    mean = np.eye(len(cells.model))[kept]
    mean[:languages, : (twins + 1) * languages] = np.tile(np.eye(languages), twins + 1) / (
        twins + 1
    )
    return replace(
        drawn,
        world=replace(drawn.world, twins=0),
        cells=CellLabels(cells.model[kept], cells.family[kept], cells.language[kept]),
        capability=drawn.capability @ mean.T,
        alignment=drawn.alignment @ mean.T,
        consistency=drawn.consistency @ mean.T,
        V=mean @ drawn.V @ mean.T,
    )


def named_as_alike(drawn: Studies, threshold: float) -> BoolArray:
    """Return True where a study's resemblances name the twins, and where another pair; (B, 2)."""
    values = np.arange(STATEMENTS + 1) / STATEMENTS
    found = []
    for study in drawn.drawn:
        cells = [Cell(np.arange(len(c)), values, c) for c in study.counts]
        languages = drawn.world.languages
        table = [cells[i : i + languages] for i in range(0, len(cells), languages)]
        pairs = np.argwhere(np.triu(resemblances(table, drawn.topics) > threshold, 1))
        twins = [pair for pair in pairs.tolist() if max(pair) <= drawn.world.twins]
        found.append((bool(twins), len(pairs) > len(twins)))
    return np.array(found)


def published(drawn: Studies) -> Iterator[list[tuple[float, float, float]]]:
    """Yield p value and interval of each capability coefficient of the published analysis."""
    for i, table in enumerate(tables(drawn)):
        rounds = drawn.alignment_rounds.shape[1]
        rows = pd.concat([table] * rounds, ignore_index=True).assign(
            alignment=drawn.alignment_rounds[i].ravel(),
            consistency=drawn.consistency_rounds[i].ravel(),
        )
        yield [
            (term.p_value, term.ci_low, term.ci_high)
            for term in paper.multilingual(rows).terms
            if term.term.startswith("capability")
        ]
