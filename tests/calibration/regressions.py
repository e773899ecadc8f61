"""The shipped regressions of many studies at once, and one by one where they differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from culture_ray.measures.cells import Cell
from culture_ray.measures.resemblance import resemblances
from culture_ray.measures.result import BoolArray, FloatArray, IntArray
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


def tables(drawn: Studies, at: IntArray | None = None) -> list[pd.DataFrame]:
    """Return the rows of every study, or of those at these positions."""
    names = {
        "model": [f"f{f}m{m}" for f, m in zip(drawn.cells.family, drawn.cells.model, strict=True)],
        "family": [f"f{f}" for f in drawn.cells.family],
        # Terms are in the order of the names.
        "language": [f"l{k:02d}" for k in drawn.cells.language],
    }
    chosen = slice(None) if at is None else at
    columns = (drawn.alignment, drawn.consistency, drawn.capability)
    figures = zip(*(column[chosen] for column in columns), strict=True)
    return [
        pd.DataFrame({**names, "alignment": a, "consistency": r, "capability": c})
        for a, r, c in figures
    ]


def infer_slopes(drawn: Studies, design: RegressionDesign) -> SlopeInference:
    """Return the inference of `regress` in every study.

    Studies with the same usable cells are fitted at once; cells that are not usable are left out. A
    study whose fit finds no optimum shows nothing.
    """
    usable = drawn.usable
    if "consistency" in design.formula:
        usable = usable & np.isfinite(drawn.consistency)
    patterns, pattern = np.unique(usable, axis=0, return_inverse=True)
    found = []
    for number, cells in enumerate(patterns):
        at = np.flatnonzero(pattern.ravel() == number)
        rows = [table[cells].reset_index(drop=True) for table in tables(drawn, at)]
        V = drawn.V[at][:, cells][:, :, cells]
        found.append((at, _inferred(rows, V, drawn.topics - 1.0, design)))
    return found[0][1] if len(found) == 1 else _together(found)


def _together(parts: Sequence[tuple[IntArray, SlopeInference]]) -> SlopeInference:
    """Return the inference of parts of the studies as one; nothing of a term that a part lacks.

    Each part has the numbers of its studies.
    """
    terms = tuple(dict.fromkeys(term for _, part in parts for term in part.terms))
    studies = sum(len(at) for at, _ in parts)
    names = [field.name for field in fields(CoefficientInference)]
    known = np.zeros((studies, len(terms)), np.bool_)
    figures = {name: np.full(known.shape, np.nan) for name in ("estimates", *names)}
    for at, part in parts:
        cell = np.ix_(at, [terms.index(term) for term in part.terms])
        known[cell], figures["estimates"][cell] = part.known, part.estimates
        for name in names:
            figures[name][cell] = getattr(part.inference, name)
    estimates = figures.pop("estimates")
    return SlopeInference(terms, estimates, CoefficientInference(**figures), known)


def _inferred(
    rows: list[pd.DataFrame], covariances: FloatArray, df: float, design: RegressionDesign
) -> SlopeInference:
    """Return the inference of studies with the same cells, all fitted at once."""
    chosen = Options()
    estimable = estimable_design(design, rows[0])[0]
    made = [design_matrices(estimable, table) for table in rows]
    roots = [root_of_covariance(V, len(rows[0])) for V in covariances]
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
    model = rows[0]["model"].to_numpy(str)
    added = [
        TopicErrors(*of_study, model, df).between_models(w)
        for *of_study, w in zip(roots, shared, weights, strict=True)
    ]
    known = infer(fits, chosen.method, AddedVariance(np.array(added), df))
    shown = supported(made[0], known) & fits.converged[:, None]
    return SlopeInference(made[0].terms, fits.estimates, known, shown)


def slope_terms(drawn: Studies, options: Options) -> Iterator[tuple[Term, ...]]:
    """Yield the terms of `capability_within` in each study, design `within_pooled`."""
    for table, V, cells in zip(tables(drawn), drawn.V, drawn.usable, strict=True):
        rows, known = table[cells].reset_index(drop=True), V[cells][:, cells]
        found = regress(rows, WITHIN_POOLED, known, options, topics=drawn.topics).terms
        yield tuple(term for term in found if term.term == "capability_within")


def without_twins(drawn: Studies) -> Studies:
    """Return the studies with the twins averaged with the model whose second names they are."""
    cells, twins, languages = drawn.cells, drawn.world.twins, drawn.world.languages
    kept = np.flatnonzero((cells.model == 0) | (cells.model > twins))
    mean = np.eye(len(cells.model))[kept]
    mean[:languages, : (twins + 1) * languages] = np.tile(np.eye(languages), twins + 1)
    # The mean of the names that are usable; NaN where none is.
    weights = mean * drawn.usable[:, None]
    weights = weights / np.where(weights.any(axis=2), weights.sum(axis=2), np.nan)[:, :, None]
    return replace(
        drawn,
        world=replace(drawn.world, twins=0),
        cells=CellLabels(cells.model[kept], cells.family[kept], cells.language[kept]),
        capability=_weighted(weights, drawn.capability),
        alignment=_weighted(weights, drawn.alignment),
        consistency=_weighted(weights, drawn.consistency),
        V=weights @ np.nan_to_num(drawn.V) @ weights.transpose(0, 2, 1),
    )


def _weighted(weights: FloatArray, figures: FloatArray) -> FloatArray:
    """Return the weighted sums of the figures of each study; what has no weight may be NaN."""
    return np.asarray(np.einsum("bkn,bn->bk", weights, np.nan_to_num(figures)))


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
