"""Option that an answer chooses: by its letter, its text, or the options' probabilities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from culture_ray.benchmarks.reading.closed import chosen
from culture_ray.benchmarks.reading.mentions import ClosedSet
from culture_ray.benchmarks.reading.unread import Unread


def read_option(text: str, letters: Sequence[str], texts: Sequence[str]) -> int | Unread:
    """Return the option that a text chooses, as an index in the order in which they were put.

    `letters` and `texts` are those of the prompt. An answer may name an option by its letter, by
    the letter at its place in another alphabet (ب or 乙 for B), by its text, or by both.
    """
    return chosen(text, ClosedSet(tuple((text,) for text in texts), tuple(letters)))


def most_probable_option(
    probabilities: Sequence[npt.ArrayLike], orders: Sequence[Sequence[int]]
) -> int | Unread:
    """Return the option with the highest probability, averaged over the orders it was put in.

    `probabilities` holds one vector per order, over the places of the prompt; `orders` says which
    option stood at each place. Each vector is normalised first, so that an order in which the model
    mostly says something else weighs no less. CONTRADICTION where two options are equally probable,
    NOTHING where no option has any probability.
    """
    options = len(orders[0]) if orders else 0
    total, used = np.zeros(options), 0
    for vector, order in zip(probabilities, orders, strict=True):
        values = np.asarray(vector, dtype=np.float64)
        if not np.isfinite(values).all() or values.sum() <= 0:
            continue
        total[np.asarray(order)] += values / values.sum()
        used += 1
    if not used:
        return Unread.NOTHING
    best = np.flatnonzero(total >= total.max() - 1e-12)
    return int(best[0]) if best.size == 1 else Unread.CONTRADICTION
