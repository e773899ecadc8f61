"""Populations that models are compared with: countries, speakers of languages, the world."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from culture_ray.cli.commands.lists.listing import ListColumn, Listing, contains
from culture_ray.config.build import convert
from culture_ray.config.files import table_path
from culture_ray.config.known_names import code_names
from culture_ray.config.launchers import Content
from culture_ray.errors import UnknownName
from culture_ray.survey.ground_truth import KINDS
from culture_ray.survey.ground_truth_table import read_ground_truth


@dataclass(frozen=True)
class ListedPopulation:
    """One population."""

    population: str
    label: str
    kind: str
    languages: tuple[str, ...]
    topics: int
    """Number of topics with a figure."""
    with_errors: int
    """Number of topics whose figure has a standard error."""


_COLUMNS = (
    ListColumn("population", lambda row: row.population),
    ListColumn("label", lambda row: row.label),
    ListColumn("kind", lambda row: row.kind),
    ListColumn("languages", lambda row: ", ".join(row.languages), wraps=True),
    ListColumn("topics", lambda row: f"{row.topics}", right=True),
    ListColumn("with errors", lambda row: f"{row.with_errors}", right=True),
)


def listing(content: Content) -> Listing:
    """Return the populations that the filters keep, as the file has them."""
    chosen = content["populations"]
    truth = read_ground_truth(table_path("populations", chosen["table"]), chosen["source"])
    name, kind, language, topic = (
        convert(str | None, content[key], key) for key in ("name", "kind", "of_language", "topic")
    )
    if kind is not None and kind not in KINDS:
        raise UnknownName("kind", kind, KINDS)
    if topic is not None and topic not in truth.topics:
        raise UnknownName("topic", topic, truth.topics)
    names = code_names()
    figures, errors = np.isfinite(truth.value_polarity), np.isfinite(truth.std_error)
    columns = slice(None) if topic is None else [truth.topics.index(topic)]
    has = np.atleast_1d(figures[:, columns].any(axis=1))
    rows = []
    for place, population in enumerate(truth.populations):
        named = population if population.label else names.labelled(population)
        if (
            has[place]
            and contains(name, named.name, named.label)
            and kind in (None, named.kind)
            and (language is None or language in named.languages)
        ):
            counts = int(figures[place].sum()), int(errors[place].sum())
            rows.append(
                ListedPopulation(named.name, named.title, named.kind, named.languages, *counts)
            )
    return Listing(
        rows, _COLUMNS, len(truth.populations), "population", f" in {chosen['name']}",
        ("other figures: populations=NAME; your own: culture-ray populations --help",),
    )  # fmt: skip
