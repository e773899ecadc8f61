"""Studies whose judge leans towards the US: `python -m tests.calibration.leaning`.

Each study draws topics, populations, models in languages and their responses; a judge decides some
of the opinions as Americans would, and people label a sample. The truth is what people's labels of
infinitely many topics and responses would give.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from scipy import special

from culture_ray.measures.alignment import alignment_rounds
from culture_ray.measures.cells import tabulate
from culture_ray.measures.labelled.allocation import allocated
from culture_ray.measures.labelled.corrected import corrected_alignment, tuned_power
from culture_ray.measures.labelled.label_error import (
    error_of_both_samples,
    label_variance,
    residual_covariance,
)
from culture_ray.measures.labelled.reference import LabelledCell, ReferenceLabels
from culture_ray.measures.populations import Populations
from culture_ray.measures.resampling.spread import t_half_width, variance_of_defined
from culture_ray.measures.result import BoolArray, FloatArray, IntArray
from culture_ray.measures.rounds import TopicRounds

OPINIONS, SIGNAL = 10, 1.5
BETWEEN, PULL = 0.75, 0.1
"""Correlation of two populations' opinions; what models take from the US beyond that."""
CONTRASTS = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 1.0]])
FIGURES = ("alignment with speakers", "alignment with the US", "US bias")


@dataclass(frozen=True)
class Design:
    """A study's size, its judge and its labels."""

    lean: float = 0.2
    """Share of opinions that the judge decides as Americans would."""
    labels: int = 400
    models: int = 9
    languages: int = 4
    topics: int = 32
    responses: int = 250

    @property
    def language(self) -> IntArray:
        """Language of each cell; models run fastest."""
        return np.repeat(np.arange(self.languages), self.models)

    @property
    def agreement(self) -> FloatArray:
        """Correlation of each cell's latent opinions with those of the speakers."""
        return np.tile(np.linspace(0.45, 0.75, self.models), self.languages)


@dataclass(frozen=True)
class Quality:
    """Errors and coverage of a figure, judged and corrected, over studies."""

    lean: float
    labels: int
    figure: str
    scope: str
    """cell, language (mean over its cells) or all."""
    judged_bias: float
    corrected_bias: float
    judged_rmse: float
    corrected_rmse: float
    judged_covers: float
    """Percent of 95 % intervals that hold the truth."""
    corrected_covers: float
    judged_half_width: float
    corrected_half_width: float
    studies: int


def quality(design: Design, studies: int, rounds: int, seed: int) -> Iterator[Quality]:
    """Yield the quality of each figure and scope over simulated studies."""
    n, language = design.language.size, design.language
    scopes = {
        "cell": [np.array([cell]) for cell in range(n)],
        "language": [np.flatnonzero(language == k) for k in range(design.languages)],
        "all": [np.arange(n)],
    }
    rng = np.random.default_rng(seed)
    truth = _truth(design)
    found: dict[tuple[str, str], list[FloatArray]] = {}
    for _ in range(studies):
        judged, corrected, labelled, of_labels = study(design, rounds, rng)
        for place, figure in enumerate(FIGURES):
            for scope, groups in scopes.items():
                parts = [
                    [
                        _error(table[place, at], truth[place, at], part[at, place], labelled[at])
                        for at in groups
                    ]
                    for table, part in ((judged, 0.0 * of_labels), (corrected, of_labels))
                ]
                found.setdefault((figure, scope), []).append(np.array(parts).transpose(0, 2, 1))
    for (figure, scope), parts in found.items():
        # Studies x (judged, corrected) x (error, covers, half-width) x figures.
        table = np.array(parts)
        error, covers, width = (table[:, :, k] for k in range(3))
        yield Quality(
            design.lean, design.labels, figure, scope, *error.mean(axis=(0, 2)).tolist(),
            *np.sqrt((error**2).mean(axis=(0, 2))).tolist(),
            *(100 * covers.mean(axis=(0, 2))).tolist(), *width.mean(axis=(0, 2)).tolist(), studies,
        )  # fmt: skip


def study(
    design: Design, rounds: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray, BoolArray, FloatArray]:
    """Return FIGURES of a study's cells, judged and corrected, topics with labels, and variances.

    Figures are (3, cells, 1 + rounds), as observed and in joint draws of topics; topics with labels
    (cells, topics); variances due to labels (cells, 3).
    """
    T, language, n = design.topics, design.language, design.language.size
    latent, people = _opinions(design, rng)
    us = people[-1]
    per_topic = rng.multinomial(design.responses, np.full(T, 1 / T), size=n)
    numbers, probabilities = allocated(per_topic.astype(float), language, design.labels, rng)
    labelled = [
        _labelled(latent[c], us, design.lean, per_topic[c], numbers[c], probabilities[c], rng)
        for c in range(n)
    ]
    weights = [np.zeros((3, len(people))) for _ in range(n)]
    for c in range(n):
        weights[c][:, [language[c], -1]] = CONTRASTS
    truth = special.ndtr(people)
    power = tuned_power(labelled, truth, weights)
    draws = np.vstack([np.ones(T), rng.multinomial(T, np.full(T, 1 / T), size=rounds)])
    figures = np.empty((2, 3, n, 1 + rounds))
    for c, one in enumerate(labelled):
        own = truth[[language[c], -1]]
        rows = TopicRounds(one.cell, draws[:, one.cell.topics])
        judged = alignment_rounds(rows, Populations.over(one.cell, own)).value
        corrected = corrected_alignment(one, own, draws, power).value
        figures[:, :, c] = [CONTRASTS @ table.T for table in (judged, corrected)]
    of_labels = [
        label_variance(
            residual_covariance(one, truth, own, power), int(taken.sum()), design.responses
        )
        for one, own, taken in zip(labelled, weights, numbers, strict=True)
    ]
    return figures[0], figures[1], numbers > 0, np.array(of_labels)


def _opinions(design: Design, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Return latent opinions of the cells (n, T), of the speakers and the US (languages + 1, T).

    What is odd about a topic for a model is shared in halves by its language's cells.
    """
    language, a = design.language, design.agreement[:, None]
    everyone, *own = rng.normal(size=(design.languages + 2, design.topics))
    people = np.sqrt(BETWEEN) * everyone + np.sqrt(1 - BETWEEN) * np.array(own)
    native = people[language]
    us_alone = (people[-1] - BETWEEN * native) / np.sqrt(1 - BETWEEN**2)
    shared = rng.normal(size=(design.languages, design.topics))[language]
    odd = np.sqrt(0.5) * shared + np.sqrt(0.5) * rng.normal(size=native.shape)
    return a * native + PULL * us_alone + np.sqrt(1 - a**2 - PULL**2) * odd, people


def _labelled(
    latent: FloatArray,
    us: FloatArray,
    lean: float,
    per_topic: IntArray,
    numbers: IntArray,
    probability: float,
    rng: np.random.Generator,
) -> LabelledCell:
    topic = np.repeat(np.arange(per_topic.size), per_topic)
    true = rng.binomial(OPINIONS, special.expit(SIGNAL * latent)[topic])
    decided = rng.binomial(OPINIONS, lean, topic.size)
    lost = rng.hypergeometric(true, OPINIONS - true, decided)
    judged = true - lost + rng.binomial(decided, special.expit(SIGNAL * us)[topic])
    # Responses to a topic come in random order.
    start = np.concatenate([[0], np.cumsum(per_topic)[:-1]])
    chosen = np.concatenate([s + np.arange(k) for s, k in zip(start, numbers, strict=True)])
    return LabelledCell(
        tabulate(topic, judged / OPINIONS),
        ReferenceLabels(
            topic=topic[chosen],
            reference=true[chosen] / OPINIONS,
            judged=judged[chosen] / OPINIONS,
            weight=np.full(chosen.size, 1 / probability),
            labelled=chosen.size,
            responses=per_topic,
        ),
    )


def _error(
    drawn: FloatArray, truth: FloatArray, of_labels: FloatArray, labelled: BoolArray
) -> tuple[float, float, float]:
    """Return error, 1 if the interval holds the truth, and half-width of a mean over cells."""
    mean = drawn.mean(axis=0)
    error = float(mean[0] - truth.mean())
    std_error, df = error_of_both_samples(
        float(variance_of_defined(mean[1:])),
        float(of_labels.sum()) / len(drawn) ** 2,
        labelled.shape[1],
        int(labelled.any(axis=0).sum()),
    )
    reach = float(t_half_width(std_error, df + 1))
    return error, float(abs(error) <= reach), reach


def _truth(design: Design) -> FloatArray:
    """Return FIGURES for infinitely many topics and responses; (3, cells)."""
    a = design.agreement
    with_us = a * BETWEEN + PULL * np.sqrt(1 - BETWEEN**2)
    return np.array([_alignments(a), _alignments(with_us), _alignments(with_us) - _alignments(a)])


def _alignments(correlation: FloatArray) -> FloatArray:
    """Return Spearman's correlation of value polarity with a population, by latent correlation."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(61)
    weights = weights / weights.sum()
    values = np.arange(OPINIONS + 1)

    def shares(logits: FloatArray) -> FloatArray:
        pro = special.expit(logits)[..., None]
        ways = special.comb(OPINIONS, values)
        return np.asarray(ways * pro**values * (1 - pro) ** (OPINIONS - values))

    marginal = weights @ shares(SIGNAL * nodes)
    rank = np.cumsum(marginal) - marginal / 2
    spread = marginal @ rank**2 - 0.25
    uniform = (np.arange(400) + 0.5) / 400
    population = special.ndtri(uniform)[:, None]
    found = []
    for r in correlation:
        mean_rank = shares(SIGNAL * (r * population + np.sqrt(1 - r**2) * nodes)) @ rank @ weights
        found.append((mean_rank @ uniform / 400 - 0.25) / np.sqrt(spread / 12))
    return np.array(found)


def main() -> None:
    """Print the quality of corrected figures for judges that lean by 0, 10 and 20 %."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=1000)
    parser.add_argument("--labels", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lean", type=float, nargs="*", default=[0.0, 0.1, 0.2])
    parser.add_argument("--json", type=Path, help="where to write the figures")
    asked = parser.parse_args()
    found = []
    for lean in asked.lean:
        design = Design(lean, asked.labels)
        for one in quality(design, asked.studies, asked.rounds, asked.seed):
            found.append(asdict(one))
            print(
                f"lean {lean:.0%}  {one.figure:24} {one.scope:8}  "
                f"bias {one.judged_bias:+.3f} to {one.corrected_bias:+.3f}  "
                f"rmse {one.judged_rmse:.3f} to {one.corrected_rmse:.3f}  "
                f"covers {one.judged_covers:.1f} to {one.corrected_covers:.1f} %  "
                f"half-width {one.judged_half_width:.3f} to {one.corrected_half_width:.3f}",
                flush=True,
            )
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
