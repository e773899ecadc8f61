"""One simulated study: count tables of all cells with their truths, drawn from topics up.

Topics are drawn, populations and models have opinions on them, responses make statements. Models
share what is odd about a topic, so that their sampling errors are correlated as they are in the
published responses.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from culture_ray.measures.result import FloatArray, IntArray
from culture_ray.simulation.truths import STATEMENTS, judged, truths
from culture_ray.simulation.world import CellLabels, World


@dataclass(frozen=True, eq=False)
class SimulatedStudy:
    """Responses of n cells, the populations they are compared with, and the truth."""

    capability: FloatArray
    """(n,)"""

    counts: FloatArray
    """Responses by topic and value polarity; n x topics x (STATEMENTS + 1)."""

    native: FloatArray
    """Opinion of the language's speakers, on any increasing scale; n x topics."""

    us: FloatArray
    """Opinion of people in the US; n x topics."""

    alignment: FloatArray
    """True alignment with the language's speakers; (n,). All truths are those of infinitely many
    topics and responses read by the same judge, were it not to lean."""

    us_minus_native: FloatArray
    """True difference of the alignments with the US and with the language's speakers; (n,)."""

    consistency: FloatArray
    """True self-consistency; (n,)."""

    language_level: FloatArray
    """True alignment of the first family, before the judge's error, where capability has no say;
    (languages,)."""


def simulate_study(world: World, rng: np.random.Generator) -> SimulatedStudy:
    """Return a study drawn from a world."""
    cells = world.cells
    capability, within, family_level = simulate_capability(world, rng)
    rho = np.clip(
        world.consistency
        + world.sd_consistency_model * _by(rng, cells.model)
        + world.sd_consistency_cell * rng.normal(size=len(cells.model)),
        0.4,
        0.88,
    )
    unread, read = truths(skew=world.skew), truths(world.judge_error, world.skew)
    signal = unread.signal_for(rho)
    alignment, levels = _true_alignment(world, cells, within, family_level, rho, rng)
    alignment = np.minimum(alignment, unread.highest_alignment(signal) - 0.01)
    agreement = unread.agreement_for(alignment, signal)
    native, us, opinion, with_us = _opinions(world, cells, agreement, capability, rng)
    same = _same_model(world, cells)
    signal, agreement, opinion, with_us = (x[same] for x in (signal, agreement, opinion, with_us))
    to_native = read.alignment_of(agreement, signal)
    pro = expit(opinion * signal[:, None] + world.skew)
    pro_in_us = expit(us * signal[:, None] + world.skew)
    read_as_pro = judged(pro + world.judge_lean * (pro_in_us - pro), world.judge_error)
    return SimulatedStudy(
        capability=capability,
        counts=_responses(world, read_as_pro, rng),
        native=native,
        us=us,
        alignment=to_native,
        us_minus_native=read.alignment_of(with_us, signal) - to_native,
        consistency=read.consistency_of(signal),
        language_level=levels,
    )


def simulate_capability(
    world: World, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return capability, its part within family and language, and the families' levels (z).

    The first two are (n,), the third (families,).
    """
    cells = world.cells
    level = rng.normal(size=world.families)
    size = np.linspace(-0.12, 0.12, world.per_family)[cells.model % world.per_family]
    own = size + 0.04 * _by(rng, cells.model) + 0.02 * rng.normal(size=len(size))
    if world.twins:
        # Benchmarks of one model under two names differ a little.
        own = own[_same_model(world, cells)] + 0.01 * rng.normal(size=len(size))
    capability = 0.6 + 0.08 * level[cells.family] + own + 0.05 * _by(rng, cells.language)
    group = cells.family * world.languages + cells.language
    mean = np.bincount(group, capability) / world.per_family
    return capability, capability - mean[group], level


def _same_model(world: World, cells: CellLabels) -> IntArray:
    """Return the cell whose opinions each cell has: its own, or that of the model it names."""
    twin = (cells.model > 0) & (cells.model <= world.twins) & (cells.family == 0)
    return np.where(twin, cells.language, np.arange(len(cells.model)))


def _true_alignment(
    world: World,
    cells: CellLabels,
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
    cells: CellLabels,
    agreement: FloatArray,
    capability: FloatArray,
    rng: np.random.Generator,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return opinions (n x topics) of native population, US and cell, and agreement with the US."""
    common = world.between_populations
    everyone = np.sqrt(common) * _over_topics(world, rng, 1)
    speakers = everyone + np.sqrt(1 - common) * _over_topics(world, rng, world.languages)
    native = speakers[cells.language]
    us = np.broadcast_to(everyone + np.sqrt(1 - common) * _over_topics(world, rng, 1), native.shape)
    us_alone = (us - common * native) / np.sqrt(1 - common**2)
    pull = np.minimum(world.us_pull, 0.9 * np.sqrt(1 - agreement**2))
    sharing = (
        np.zeros_like(cells.model),
        cells.language,
        cells.family,
        cells.model,
        np.arange(len(cells.model)),
    )
    odd = sum(
        np.sqrt(share) * _over_topics(world, rng, who.max() + 1)[who]
        for share, who in zip(world.shared, sharing, strict=True)
    )
    if world.capability_factor:
        ability = (capability - capability.mean()) / capability.std()
        weight = np.clip(np.sqrt(world.capability_factor) * ability, -0.9, 0.9)[:, None]
        odd = weight * _over_topics(world, rng, 1) + np.sqrt(1 - weight**2) * odd
    rest = np.sqrt(1 - agreement**2 - pull**2)
    opinion = agreement[:, None] * native + pull[:, None] * us_alone + rest[:, None] * odd
    with_us = agreement * common + pull * np.sqrt(1 - common**2)
    return native, us, opinion, with_us


def _over_topics(world: World, rng: np.random.Generator, rows: int) -> FloatArray:
    """Return standard normals, rows x topics; topics of a battery have a part in common."""
    own = rng.normal(size=(rows, world.topics))
    if not world.batteries:
        return own
    battery = np.arange(world.topics) * world.batteries // world.topics
    common = rng.normal(size=(rows, world.batteries))[:, battery]
    share = world.battery_share
    return np.asarray(np.sqrt(1 - share) * own + np.sqrt(share) * common)


def _responses(world: World, pro: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return the number of responses of each value polarity, n x topics x (STATEMENTS + 1)."""
    n, topics = pro.shape
    responses = np.full(n, world.responses)
    responses[rng.choice(n, world.thin_cells, replace=False)] = world.thin_responses
    per_topic = rng.multinomial(responses, np.full(topics, 1 / topics))
    row = np.repeat(np.arange(n * topics), per_topic.ravel())
    value = rng.binomial(STATEMENTS, pro.ravel()[row])
    values = STATEMENTS + 1
    counts = np.bincount(row * values + value, minlength=n * topics * values)
    return counts.reshape(n, topics, values).astype(np.float64)


def _by(rng: np.random.Generator, level: IntArray) -> FloatArray:
    """Return one standard normal per level, spread over the cells."""
    return np.asarray(rng.normal(size=level.max() + 1)[level])
