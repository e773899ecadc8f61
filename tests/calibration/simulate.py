"""Made-up studies of the published size, from topics up.

Topics are drawn, populations and models have opinions on them, responses make statements; what a
study measures follows. Models share what is odd about a topic, so that their sampling errors are
correlated as they are in the published responses.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from culture_ray.measures.result import FloatArray, IntArray
from tests.calibration.latent import (
    STATEMENTS,
    agreement_for,
    alignment_of,
    highest_alignment,
    signal_for,
)
from tests.calibration.measured import alignments, consistencies


@dataclass(frozen=True)
class World:
    """How studies come about; alignments and self-consistencies are true correlations."""

    families: int = 3
    per_family: int = 3
    languages: int = 4
    topics: int = 32
    responses: int = 250
    thin_cells: int = 0
    """How many cells have only `thin_responses` usable responses, as one published cell has."""
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
    """What models take from the US beyond what they take from the language's speakers."""

    capability_factor: float = 0.0
    """Share of what is odd about a topic that lies on a factor whose weight is proportional to
    capability, averaged over cells: abler models err alike."""

    sd_family_language: float = 0.0
    """Families differ in alignment by language, beyond their levels and the languages'."""

    shared: tuple[float, float, float, float, float] = (0.25, 0.3, 0.05, 0.15, 0.25)
    """How what is odd about a topic divides: all alike, by language, family, model, cell."""


@dataclass(frozen=True)
class Cells:
    """n cells by the number of their model, family and language; languages run fastest."""

    model: IntArray
    family: IntArray
    language: IntArray


@dataclass(frozen=True)
class Studies:
    """B studies of the same n cells."""

    cells: Cells
    topics: int

    alignment: FloatArray
    """B x n."""

    consistency: FloatArray
    """B x n, without self-pairs."""

    capability: FloatArray
    """B x n."""

    V: FloatArray
    """B x n x n covariance of alignment over joint topic draws."""

    us_minus_native: FloatArray
    """B x n."""

    us_minus_native_truth: FloatArray
    """B x n: what infinitely many topics and responses would give."""

    V_us: FloatArray
    """B x n x n covariance of `us_minus_native` over joint topic draws."""

    language_level: FloatArray
    """B x languages: true alignment of the first family where capability has no say."""

    alignment_rounds: FloatArray
    """B x paper rounds x n: alignment when responses are drawn again, as the paper does."""

    consistency_rounds: FloatArray
    """B x paper rounds x n: self-consistency of the same draws, a response with itself included."""


def simulate(
    world: World, studies: int, *, rounds: int, seed: int, paper_rounds: int = 0
) -> Studies:
    """Return studies drawn from a world.

    Args:
        world: how studies come about.
        studies: how many.
        rounds: joint topic draws for V, at least 2.
        seed: of everything.
        paper_rounds: draws of responses for the paper's analysis.
    """
    rng = np.random.default_rng(seed)
    models = world.families * world.per_family
    model, language = np.divmod(np.arange(models * world.languages), world.languages)
    cells = Cells(model, model // world.per_family, language)
    parts = [_study(world, cells, rounds, paper_rounds, rng) for _ in range(studies)]
    columns = [np.array(column) for column in zip(*parts, strict=True)]
    return Studies(cells, world.topics, *columns)


def _study(
    world: World, cells: Cells, rounds: int, paper_rounds: int, rng: np.random.Generator
) -> tuple[FloatArray, ...]:
    capability, within, family_level = _capability(world, cells, rng)
    rho = np.clip(
        world.consistency
        + world.sd_consistency_model * _by(rng, cells.model)
        + world.sd_consistency_cell * rng.normal(size=len(cells.model)),
        0.4,
        0.88,
    )
    signal = signal_for(rho)
    truth, levels = _true_alignment(world, cells, within, family_level, rho, rng)
    truth = np.minimum(truth, highest_alignment(signal) - 0.01)
    agreement = agreement_for(truth, signal)
    native, us, opinion, with_us = _opinions(world, cells, agreement, capability, rng)
    counts = _responses(world, opinion * signal[:, None], rng)
    draws = rng.multinomial(world.topics, np.full(world.topics, 1 / world.topics), size=rounds)
    weights = np.concatenate([np.ones((1, world.topics)), draws])
    to_native, to_us = alignments(counts, (native, us), weights)
    contrast = to_us - to_native
    return (
        to_native[:, 0],
        consistencies(counts),
        capability,
        np.cov(to_native[:, 1:]),
        contrast[:, 0],
        alignment_of(with_us, signal) - alignment_of(agreement, signal),
        np.cov(contrast[:, 1:]),
        levels,
        *_paper(counts, native, paper_rounds, rng),
    )


def _paper(
    counts: FloatArray, native: FloatArray, rounds: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Return alignment and self-consistency, rounds x n, responses drawn again in each cell."""
    n, topics, values = counts.shape
    size = counts.sum((1, 2)).astype(int)
    shares = counts.reshape(n, -1) / size[:, None]
    if not rounds:
        return np.zeros((0, n)), np.zeros((0, n))
    drawn = rng.multinomial(size, shares, size=(rounds, n)).astype(np.float64)
    drawn = drawn.reshape(-1, topics, values)
    (alignment,) = alignments(drawn, (np.tile(native, (rounds, 1)),), np.ones((1, topics)))
    return alignment.reshape(rounds, n), consistencies(drawn).reshape(rounds, n)


def _capability(
    world: World, cells: Cells, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return capability, its part within family and language, and the families' levels (z)."""
    level = rng.normal(size=cells.family.max() + 1)
    size = np.linspace(-0.12, 0.12, world.per_family)[cells.model % world.per_family]
    capability = (
        0.6
        + 0.08 * level[cells.family]
        + size
        + 0.04 * _by(rng, cells.model)
        + 0.05 * _by(rng, cells.language)
        + 0.02 * rng.normal(size=len(size))
    )
    group = cells.family * world.languages + cells.language
    mean = np.bincount(group, capability) / world.per_family
    return capability, capability - mean[group], level


def _true_alignment(
    world: World,
    cells: Cells,
    within: FloatArray,
    family_level: FloatArray,
    rho: FloatArray,
    rng: np.random.Generator,
) -> tuple[FloatArray, FloatArray]:
    """Return the cells' true alignments, and the languages' levels in the first family."""
    r = world.family_on_capability
    own = rng.normal(size=len(family_level))
    family = world.sd_family * (r * family_level + np.sqrt(1 - r**2) * own)
    languages = world.level + world.sd_language * rng.normal(size=world.languages)
    truth = (
        languages[cells.language]
        + world.slope * within
        + family[cells.family]
        + world.consistency_effect * (rho - world.consistency)
        + world.sd_model * _by(rng, cells.model)
        + world.sd_cell * rng.normal(size=len(within))
    )
    if world.sd_family_language:
        group = cells.family * world.languages + cells.language
        truth = truth + world.sd_family_language * _by(rng, group)
    return truth, languages + family[0]


def _opinions(
    world: World,
    cells: Cells,
    agreement: FloatArray,
    capability: FloatArray,
    rng: np.random.Generator,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return opinions (n x topics) of native population, US and cell, and agreement with the US."""
    common, topics = world.between_populations, world.topics
    everyone = np.sqrt(common) * rng.normal(size=topics)
    speakers = everyone + np.sqrt(1 - common) * rng.normal(size=(world.languages, topics))
    native = speakers[cells.language]
    us = np.broadcast_to(everyone + np.sqrt(1 - common) * rng.normal(size=topics), native.shape)
    us_alone = (us - common * native) / np.sqrt(1 - common**2)
    pull = np.minimum(world.us_pull, 0.9 * np.sqrt(1 - agreement**2))
    odd = sum(
        np.sqrt(share) * rng.normal(size=(count.max() + 1, topics))[count]
        for share, count in zip(
            world.shared,
            (
                np.zeros_like(cells.model),
                cells.language,
                cells.family,
                cells.model,
                np.arange(len(cells.model)),
            ),
            strict=True,
        )
    )
    if world.capability_factor:
        ability = (capability - capability.mean()) / capability.std()
        weight = np.clip(np.sqrt(world.capability_factor) * ability, -0.9, 0.9)[:, None]
        odd = weight * rng.normal(size=topics) + np.sqrt(1 - weight**2) * odd
    rest = np.sqrt(1 - agreement**2 - pull**2)
    opinion = agreement[:, None] * native + pull[:, None] * us_alone + rest[:, None] * odd
    with_us = agreement * common + pull * np.sqrt(1 - common**2)
    return native, us, opinion, with_us


def _responses(world: World, logits: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return how often each value polarity came up, n x topics x (STATEMENTS + 1)."""
    n, topics = logits.shape
    responses = np.full(n, world.responses)
    responses[rng.choice(n, world.thin_cells, replace=False)] = world.thin_responses
    per_topic = rng.multinomial(responses, np.full(topics, 1 / topics))
    cell, topic = np.divmod(np.repeat(np.arange(n * topics), per_topic.ravel()), topics)
    value = rng.binomial(STATEMENTS, 1 / (1 + np.exp(-logits[cell, topic])))
    counts = np.zeros((n, topics, STATEMENTS + 1))
    np.add.at(counts, (cell, topic, value), 1)
    return counts


def _by(rng: np.random.Generator, level: IntArray) -> FloatArray:
    """Return one standard normal per level, spread over the cells."""
    return np.asarray(rng.normal(size=level.max() + 1)[level])
