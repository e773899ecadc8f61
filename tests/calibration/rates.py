"""How often inference rejects what is true, and how often its intervals cover it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

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
from culture_ray.regression.inference import (
    AddedVariance,
    CoefficientInference,
    infer,
    t_inference,
)
from culture_ray.regression.reml.fit import fit
from culture_ray.regression.sampling import root_of_covariance, shared_between_models
from culture_ray.regression.topic_error import TopicErrors
from culture_ray.regression.valid import Options, regress
from tests.calibration.simulate import Studies, World, simulate

STRESS = {
    "models far apart, families alike": World(sd_family=0.0, sd_model=0.08),
    "families far apart": World(sd_family=0.10, sd_model=0.02),
    "models alike": World(sd_family=0.0, sd_model=0.0, sd_consistency_model=0.0),
    "four cells of 33 responses": World(thin_cells=4),
}
FAMILIES = {
    f"{shape}, families differ by language": World(
        families=families, per_family=per_family, sd_family_language=0.05
    )
    for shape, families, per_family in (("3 families of 3", 3, 3), ("6 families of 5", 6, 5))
} | {"families share odd topics": World(shared=(0.15, 0.2, 0.35, 0.1, 0.2))}
"""Worlds in which the slope between families is at risk."""

RESEMBLANCE = {
    f"{shape}, {share:.0%} on a capability factor": World(
        families=families, per_family=per_family, capability_factor=share
    )
    for shape, families, per_family in (
        ("3 families of 3", 3, 3),
        ("4 families of 5", 4, 5),
        ("one family of 20", 1, 20),
    )
    for share in (0.0, 0.05, 0.15)
}
"""Worlds in which abler models err alike."""

DESIGNS = (WITHIN, WITHIN_GIVEN_CONSISTENCY, WITHIN_POOLED)


@dataclass(frozen=True)
class Rate:
    """A share of tests or intervals, over studies."""

    world: str
    mode: str
    terms: str
    what: str
    """`rejects` (5 % where the null holds) or `covers` (95 %)."""

    percent: float
    studies: int
    nominal: float | None
    """What it should be; None where nothing is promised."""

    @property
    def off(self) -> float | None:
        """Percentage points from nominal."""
        return None if self.nominal is None else abs(self.percent - self.nominal)


def calibrate(*, studies: int, paper_studies: int, seed: int) -> Iterator[Rate]:
    """Yield rates for studies of the published size, valid and as in the paper.

    `studies` are drawn where capability says nothing, as many where it does, and half as many in
    every stress; `paper_studies` of each kind are analysed as in the paper.
    """
    for slope, name in ((0.0, "capability says nothing"), (0.3, "slope .3")):
        world = World(slope=slope)
        drawn = simulate(world, studies, rounds=250, seed=seed)
        for design in DESIGNS:
            yield from valid_rates(name, design, drawn, slope)
        if not slope:
            yield _permutation_rate(name, drawn, paper_studies)
            yield from _us_rates(name, drawn, world.topics)
        again = simulate(world, paper_studies, rounds=2, seed=seed + 1, paper_rounds=100)
        yield from paper_rates(name, again, slope)
    for name, world in RESEMBLANCE.items():
        drawn = simulate(world, studies // 2, rounds=100, seed=seed + 3)
        for design in (WITHIN, WITHIN_POOLED) if world.families > 1 else (WITHIN_POOLED,):
            yield from valid_rates(name, design, drawn, 0.0, levels=False)
        yield _permutation_rate(name, drawn, paper_studies)
    for name, world in (FAMILIES | STRESS).items():
        drawn = simulate(world, studies // 2, rounds=100, seed=seed + 2)
        for design in DESIGNS:
            yield from valid_rates(name, design, drawn, 0.0, levels=False)


def tables(drawn: Studies) -> list[pd.DataFrame]:
    """Return the rows of every study."""
    names = {
        "model": [f"f{f}m{m}" for f, m in zip(drawn.cells.family, drawn.cells.model, strict=True)],
        "family": [f"f{f}" for f in drawn.cells.family],
        "language": [f"l{k}" for k in drawn.cells.language],
    }
    return [
        pd.DataFrame({**names, "alignment": a, "consistency": r, "capability": c})
        for a, r, c in zip(drawn.alignment, drawn.consistency, drawn.capability, strict=True)
    ]


def valid(
    drawn: Studies, design: RegressionDesign
) -> tuple[tuple[str, ...], FloatArray, CoefficientInference]:
    """Return terms, estimates and inference of every study: `regress`, all studies at once."""
    chosen = Options()
    rows = tables(drawn)
    estimable = estimable_design(design, rows[0])[0]
    made = [design_matrices(estimable, table) for table in rows]
    n = len(rows[0])
    roots = [root_of_covariance(V, n) for V in drawn.V]
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
    if not fits.converged.all():
        raise RuntimeError(f"{(~fits.converged).sum()} of {len(made)} fits found no optimum")
    weights = fits.covariance @ fits.X.transpose(0, 2, 1) @ fits.precision
    model, df = rows[0]["model"].to_numpy(str), drawn.topics - 1.0
    added = [
        TopicErrors(*of_study, model, df).between_models(w)
        for *of_study, w in zip(roots, shared, weights, strict=True)
    ]
    known = infer(fits, chosen.method, AddedVariance(np.array(added), df))
    return made[0].terms, fits.estimates, known


def valid_rates(
    world: str, design: RegressionDesign, drawn: Studies, slope: float, *, levels: bool = True
) -> Iterator[Rate]:
    terms, estimates, known = valid(drawn, design)
    within = np.array([t.startswith("capability_within") for t in terms])
    between = np.array([t == "capability_between" for t in terms])
    label = f"{design.name}: capability_"

    def rate(part: str, what: str, hits: BoolArray, nominal: float | None) -> Rate:
        return Rate(world, "valid", part, what, 100 * float(hits.mean()), len(estimates), nominal)

    if slope:
        covers = (known.ci_low <= slope) & (slope <= known.ci_high)
        yield rate(label + "within", "covers", covers[:, within], 95)
        yield rate(label + "within", "finds", known.p_value[:, within] < 0.05, None)
        return
    yield rate(label + "within", "rejects", known.p_value[:, within] < 0.05, 5)
    if between.any():
        yield rate(label + "between", "rejects", known.p_value[:, between] < 0.05, 5)
    if levels and design is WITHIN:
        at = [j for j, t in enumerate(terms) if t.startswith("language[")]
        truth = drawn.language_level
        covers = (known.ci_low[:, at] <= truth) & (truth <= known.ci_high[:, at])
        yield rate(f"{design.name}: language levels", "covers", covers, 95)


def _permutation_rate(world: str, drawn: Studies, studies: int) -> Rate:
    options = Options(without_models=0)
    found = [
        term.p_permutation
        for table, V in zip(tables(drawn)[:studies], drawn.V, strict=False)
        for term in regress(table, WITHIN_POOLED, V, options, topics=drawn.topics).terms
        if term.p_permutation is not None
    ]
    # 216 arrangements: the largest p value at or below 5 % is 10/216
    rejects = np.array(found) <= 0.05
    name = f"{WITHIN_POOLED.name}: capability_within, permutation"
    return Rate(world, "valid", name, "rejects", 100 * float(rejects.mean()), len(found), 5)


def _us_rates(world: str, drawn: Studies, topics: int) -> Iterator[Rate]:
    """Rates of `contrasts.us_bias`: standard errors over joint topic draws, t with topics - 1."""
    n = drawn.alignment.shape[1]
    language = drawn.cells.language
    means = {
        "US minus native, cells": np.eye(n),
        "US minus native, languages": (language == np.arange(language.max() + 1)[:, None])
        / (language == 0).sum(),
        "US minus native, all": np.full((1, n), 1 / n),
    }
    for name, weights in means.items():
        estimate = drawn.us_minus_native @ weights.T
        truth = drawn.us_minus_native_truth @ weights.T
        std_error = np.sqrt(np.einsum("wi,bij,wj->bw", weights, drawn.V_us, weights))
        known = t_inference(estimate, std_error, np.asarray(topics - 1.0))
        covers = (known.ci_low <= truth) & (truth <= known.ci_high)
        yield Rate(world, "valid", name, "covers", 100 * float(covers.mean()), len(truth), 95)


def paper_rates(world: str, drawn: Studies, slope: float) -> Iterator[Rate]:
    rejected, covered, unfitted = [], [], 0
    for i, table in enumerate(tables(drawn)):
        rounds = drawn.alignment_rounds.shape[1]
        rows = pd.concat([table] * rounds, ignore_index=True).assign(
            alignment=drawn.alignment_rounds[i].ravel(),
            consistency=drawn.consistency_rounds[i].ravel(),
        )
        found = [t for t in paper.multilingual(rows).terms if t.term.startswith("capability")]
        unfitted += not found
        rejected += [t.p_value < 0.05 for t in found]
        covered += [t.ci_low <= slope <= t.ci_high for t in found]
    count = len(drawn.alignment) - unfitted
    name = "paper: capability:family:language"
    if slope:
        yield Rate(world, "paper", name, "covers", 100 * float(np.mean(covered)), count, 95)
    else:
        yield Rate(world, "paper", name, "rejects", 100 * float(np.mean(rejected)), count, 5)
