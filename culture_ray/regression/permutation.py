"""Permutation tests of capability within families.

A family's models trade their capabilities, each model its whole profile over languages, because a
model's error is shared between its languages. Under the null that within a family capability says
nothing, every trade is as likely as what was seen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice, permutations, product
from math import factorial, prod

import numpy as np

from culture_ray.regression.arrays import Positions, Real
from culture_ray.regression.designs import Matrices

_CHUNK = 256


@dataclass(frozen=True)
class Permuted:
    """A term's permutation test."""

    term: str
    p_value: float

    trades: int
    """How many arrangements were fitted, what was seen among them."""

    exhaustive: bool
    """Whether these are all there are."""


def permute(
    made: Matrices,
    per_unit: Real,
    sizes_of_t: Callable[[Real], Real],
    *,
    most: int,
    seed: int,
) -> tuple[Permuted, ...]:
    """Return a test for every term that holds capability within families.

    A term of one family trades within that family; a term of all families within all at once.

    Args:
        made: the design's matrices, with `capability_within` among the rows' columns.
        per_unit: n x p, a term's column per unit of `capability_within`; zero elsewhere.
        sizes_of_t: fits N x n x p designs anew and returns |t|, N x p.
        most: arrangements at most; above it they are drawn at random.
        seed: of the draw.
    """
    within = made.rows["capability_within"].to_numpy(np.float64)
    families = made.rows["family"].to_numpy(str)
    carried = np.abs(per_unit).sum(0) > 0
    tests = []
    for j in np.flatnonzero(carried):
        touched = sorted(set(families[per_unit[:, j] != 0]))
        sources, exhaustive = _arrangements(made, touched, most, np.random.default_rng(seed))
        sizes = np.concatenate(
            [
                sizes_of_t(np.where(carried, per_unit * within[part][..., None], made.X))[:, j]
                for part in np.array_split(sources, -(-len(sources) // _CHUNK))
            ]
        )
        # what was seen comes first and counts among the arrangements
        as_large = float(np.mean(sizes >= sizes[0] * (1 - 1e-9)))
        tests.append(Permuted(made.terms[j], as_large, len(sources), exhaustive))
    return tuple(tests)


def _arrangements(
    made: Matrices, families: list[str], most: int, rng: np.random.Generator
) -> tuple[Positions, bool]:
    """Return N x n rows from which each row takes its capability, the identity first."""
    groups = [g for family in families for g in _tradable(made, family)]
    total = prod(factorial(len(g)) for g in groups)
    if total <= most:
        orders = [list(permutations(range(len(g)))) for g in groups]
        chosen = list(islice(product(*orders), total))
    else:
        chosen = [tuple(tuple(range(len(g))) for g in groups)]
        chosen += [
            tuple(tuple(rng.permutation(len(g)).tolist()) for g in groups) for _ in range(most - 1)
        ]
    out = np.tile(np.arange(len(made.y)), (len(chosen), 1))
    for i, orders_of_groups in enumerate(chosen):
        for group, order in zip(groups, orders_of_groups, strict=True):
            for taker, giver in enumerate(order):
                out[i, group[taker]] = group[giver]
    return out, total <= most


def _tradable(made: Matrices, family: str) -> list[Positions]:
    """Return groups of models of a family with the same languages: models x rows each."""
    rows = made.rows[made.rows["family"] == family].sort_values(["model", "language"])
    by_languages: dict[tuple[str, ...], list[Positions]] = {}
    for _, own in rows.groupby("model", sort=True):
        by_languages.setdefault(tuple(own["language"]), []).append(own.index.to_numpy())
    return [np.array(models) for models in by_languages.values() if len(models) > 1]
