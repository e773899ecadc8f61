"""Conditioning on language: agreement of responses within a language and between languages."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from culture_ray.measures.cells import Cell
from culture_ray.measures.products import row_products
from culture_ray.measures.ranks import centred_midranks
from culture_ray.measures.result import FloatArray
from culture_ray.regression.robustness.checks import Check
from culture_ray.regression.robustness.study import Study

CHECK = "conditioning on language"
FIGURES = (
    "self-consistency within a language",
    "self-consistency between languages",
    "self-consistency within minus between languages",
)
_ONE_LANGUAGE = "The responses are in one language only, so there is none to compare it with."
_NO_TOPIC = "No topic has two responses in each of two languages."
_CONSTANT = "All responses to the topics compared have the same value polarity."


def conditioning(study: Study) -> list[Check]:
    """Return, per model, self-consistency within and between languages, and the difference."""
    checks = []
    for model, cells in zip(study.responses.models, study.cells, strict=True):
        counts = count_tensor(cells, study.weights.shape[1])
        rounds, topics = language_consistency(counts, study.weights)
        languages = sum(cell.responses > 0 for cell in cells)
        undefined = _ONE_LANGUAGE if languages < 2 else _NO_TOPIC if topics == 0 else _CONSTANT
        checks += [
            Check(CHECK, what, "correlation", model).with_estimate(
                rounds[:, index], topics, undefined
            )
            for index, what in enumerate(FIGURES)
        ]
    return checks


def language_consistency(counts: FloatArray, weights: FloatArray) -> tuple[FloatArray, int]:
    """Return rank correlations over pairs of responses to one topic, and the number of topics.

    `counts` (L, T, V) are responses per language, topic and value polarity (ascending), `weights`
    (B, T) the weight of each topic. The correlations are (B, 3): over pairs of different responses
    in one language, over pairs in two languages, and the first minus the second; NaN where all
    values are equal.

    A topic is used with the languages in which it has at least two responses, if there are two or
    more of them. Each topic and language has the same weight, shared by all its pairs, so that
    responses enter both correlations with equal weights, ranks and variance. For a model whose
    responses do not depend on the language the expected difference is therefore 0, whatever its
    noise in each language and however many responses it gave. With m responses of centred midrank
    r in a language, n languages and topic weight d,
    within = sum d [(sum r)^2 - sum r^2] / (m (m - 1)),
    between = sum d [(sum of means)^2 - sum of means^2] / (n - 1), both divided by the sum of
    d r^2 / m.
    """
    size = counts.sum(axis=2)
    used = size >= 2
    languages = used.sum(axis=0)
    used &= languages >= 2
    n = np.where(languages >= 2, languages, 2)
    share = np.where(used[:, :, None], counts / np.maximum(size, 1.0)[:, :, None], 0.0)
    ranks, squares = centred_midranks(row_products(weights, share.sum(axis=0)))
    total = np.zeros(weights.shape)
    own, within = np.zeros_like(total), np.zeros_like(total)
    for part, m in zip(share, np.maximum(size, 2.0), strict=True):
        mean = row_products(ranks, part.T)
        total += mean
        own += mean**2
        within += (m * mean**2 - row_products(ranks**2, part.T)) / (m - 1.0)
    between = (total**2 - own) / (n - 1.0)
    products = np.stack(
        [np.einsum("bt,bt->b", weights, pairs) for pairs in (within, between, within - between)],
        axis=1,
    )
    constant = squares <= 0
    products[constant] = np.nan
    return products / np.where(constant, 1.0, squares)[:, None], int(np.any(used, axis=0).sum())


def count_tensor(cells: Sequence[Cell], topics: int) -> FloatArray:
    """Return responses per cell, topic and value (C, T, V), over the values of all cells."""
    values = np.unique(np.concatenate([cell.values for cell in cells]))
    counts = np.zeros((len(cells), topics, values.size))
    for table, cell in zip(counts, cells, strict=True):
        table[np.ix_(cell.topics, np.searchsorted(values, cell.values))] = cell.counts
    return counts
