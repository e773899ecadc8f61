"""Designs: the templates, topics, wordings and samples that a sweep asks for in one protocol.

A design does not depend on the language, so every language gets the same prompts; it chooses among
the ids that all languages of the sweep have. Random order derives from SHA-256 of (seed, id), so it
is independent of the versions of Python and numpy, the process and the order of the arguments.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import gcd, lcm

import numpy as np
import numpy.typing as npt

from culture_ray.errors import WrongValue

Indices = npt.NDArray[np.int32]
Wordings = Mapping[str, Sequence[str]]
"""Wording ids by topic."""


@dataclass(frozen=True)
class Prompt:
    """One row of a design, by ids."""

    template: str
    topic: str
    wording: str
    sample: int


@dataclass(frozen=True, eq=False)
class PromptDesign:
    """Rows of a design as arrays of equal length; all but `sample` index the tuples of ids."""

    templates: tuple[str, ...]
    topics: tuple[str, ...]
    wordings: tuple[str, ...]
    template: Indices
    topic: Indices
    wording: Indices
    sample: Indices

    def __len__(self) -> int:
        return len(self.sample)

    def prompt(self, row: int) -> Prompt:
        """Return one row by its ids."""
        return Prompt(
            self.templates[self.template[row]],
            self.topics[self.topic[row]],
            self.wordings[self.wording[row]],
            int(self.sample[row]),
        )

    def rows_per_topic(self) -> dict[str, int]:
        """Return the number of rows of each topic."""
        counts = np.bincount(self.topic, minlength=len(self.topics))
        return {topic: int(count) for topic, count in zip(self.topics, counts, strict=True)}


def balanced(
    templates: Sequence[str],
    topics: Sequence[str],
    wordings: Wordings,
    *,
    prompts: int,
    samples: int,
    seed: int,
) -> PromptDesign:
    """Return a balanced design of `prompts` prompts, each with `samples` samples.

    Topics are equally frequent (within one), and so are templates; within a topic, so are
    templates and wordings, and no pair of them is repeated before all have been used. A repeated
    pair gets higher sample indices. All this holds for any prefix of the rows, so asking for more
    prompts only adds rows. Raises WrongValue.
    """
    _check(templates, topics, wordings, samples)
    if prompts < 1:
        raise WrongValue("prompts_per_language", prompts, "at least 1")
    topic_order = _shuffled(topics, seed, "topic")
    row = np.arange(prompts)
    place, nth = row % len(topics), row // len(topics)

    # If the numbers of topics and templates share a factor, cycling through both would pair each
    # topic with the same few templates; the cycle is shifted by one after each round.
    width = len(templates)
    round_trip = width // gcd(len(topics), width)
    template = (row + nth % width // round_trip) % width

    # Likewise for the wordings of a topic, whose templates repeat every `width` draws.
    counts = [len(wordings[topic]) for topic in topic_order]
    count = np.array(counts)[place]
    draw = nth % (width * count)
    wording = (draw + draw // np.array([lcm(width, each) for each in counts])[place]) % count

    vocabulary = _vocabulary(wordings, topics)
    wording_order = np.zeros((len(topics), max(counts)), dtype=np.int64)
    for index, topic in enumerate(topic_order):
        order = _shuffled(wordings[topic], seed, f"wording of {topic}")
        wording_order[index, : len(order)] = [vocabulary.index(name) for name in order]

    return _asked(
        PromptDesign(
            templates=tuple(templates),
            topics=tuple(topics),
            wordings=vocabulary,
            template=_indices(templates, _shuffled(templates, seed, "template"))[template],
            topic=_indices(topics, topic_order)[place],
            wording=wording_order[place, wording].astype(np.int32),
            sample=(nth // (width * count)).astype(np.int32),
        ),
        samples,
    )


def full_factorial(
    templates: Sequence[str], topics: Sequence[str], wordings: Wordings, *, samples: int
) -> PromptDesign:
    """Return all combinations of templates, topics and wordings, `samples` times each.

    Raises WrongValue.
    """
    _check(templates, topics, wordings, samples)
    return _asked(_grid(templates, topics, wordings), samples)


def independent(
    templates: Sequence[str],
    topics: Sequence[str],
    wordings: Wordings,
    *,
    prompts: int,
    samples: int,
    seed: int,
    language: str,
) -> PromptDesign:
    """Return a random draw of `prompts` prompts from the full factorial for one language.

    This is the published design: draws are independent across languages, so topics are neither
    equally frequent nor the same in all languages. No prompt is repeated before the whole full
    factorial has been drawn. Raises WrongValue. Source: Rystrøm, Kirk & Hale 2025.
    """
    _check(templates, topics, wordings, samples)
    if prompts < 1:
        raise WrongValue("prompts_per_language", prompts, "at least 1")
    grid = _grid(sorted(templates), sorted(topics), {t: sorted(wordings[t]) for t in topics})
    # numpy guarantees the raw stream of PCG64 across versions, unlike the draws of Generator.
    entropy = int.from_bytes(_digest(seed, "independent", language)[:16])
    drawn = np.argsort(np.random.PCG64(entropy).random_raw(len(grid)), kind="stable")
    row = np.arange(prompts)
    chosen = _rows(grid, drawn[row % len(grid)])
    return _asked(replace(chosen, sample=(row // len(grid)).astype(np.int32)), samples)


def _grid(templates: Sequence[str], topics: Sequence[str], wordings: Wordings) -> PromptDesign:
    vocabulary = _vocabulary(wordings, topics)
    asked = [_indices(vocabulary, wordings[topic]) for topic in topics]
    pairs = np.array([len(names) for names in asked])
    topic = np.repeat(np.arange(len(topics), dtype=np.int32), pairs)
    wording = np.concatenate(asked)
    width = len(templates)
    return PromptDesign(
        templates=tuple(templates),
        topics=tuple(topics),
        wordings=vocabulary,
        template=np.repeat(np.arange(width, dtype=np.int32), len(topic)),
        topic=np.tile(topic, width),
        wording=np.tile(wording, width),
        sample=np.zeros(width * len(topic), dtype=np.int32),
    )


def _rows(design: PromptDesign, rows: npt.NDArray[np.int64]) -> PromptDesign:
    return replace(
        design,
        template=design.template[rows],
        topic=design.topic[rows],
        wording=design.wording[rows],
        sample=design.sample[rows],
    )


def _asked(design: PromptDesign, samples: int) -> PromptDesign:
    """Return each row `samples` times, with consecutive sample indices."""
    every = _rows(design, np.repeat(np.arange(len(design)), samples))
    again = np.tile(np.arange(samples, dtype=np.int32), len(design))
    return replace(every, sample=every.sample * np.int32(samples) + again)


def _vocabulary(wordings: Wordings, topics: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for topic in topics for name in wordings[topic]))


def _indices(names: Sequence[str], order: Sequence[str]) -> Indices:
    index = {name: position for position, name in enumerate(names)}
    return np.array([index[name] for name in order], dtype=np.int32)


def _shuffled(names: Sequence[str], seed: int, what: str) -> list[str]:
    return sorted(names, key=lambda name: _digest(seed, what, name))


def _digest(seed: int, what: str, name: str) -> bytes:
    return hashlib.sha256(f"{seed}/{what}/{name}".encode()).digest()


def _check(
    templates: Sequence[str], topics: Sequence[str], wordings: Wordings, samples: int
) -> None:
    chosen = {"templates": templates, "topics": topics}
    chosen |= {f"wordings of {topic}": wordings.get(topic, ()) for topic in topics}
    for what, names in chosen.items():
        if not names or len(set(names)) != len(names):
            raise WrongValue(what, list(names), "at least one id, without duplicates")
    if samples < 1:
        raise WrongValue("samples", samples, "at least 1")
