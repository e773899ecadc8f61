"""Topics of the catalogue: code, wording of the survey's item, category, and who has figures."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from culture_ray.cli.commands.lists.listing import ListColumn, Listing, contains
from culture_ray.config.build import convert
from culture_ray.config.files import files_of, table_path
from culture_ray.config.known_names import section_of
from culture_ray.config.launchers import Content
from culture_ray.errors import UnknownName
from culture_ray.survey.ground_truth import GroundTruth
from culture_ray.survey.ground_truth_table import read_ground_truth
from culture_ray.survey.topics import Topic, read_topics


@dataclass(frozen=True)
class ListedTopic:
    """One topic."""

    topic: str
    code: str
    label: str
    category: str
    category_name: str
    scale_points: int
    populations: int
    """Number of populations with ground truth for it."""
    note: str


_COLUMNS = (
    ListColumn("topic", lambda row: row.topic),
    ListColumn("category", lambda row: row.category_name),
    ListColumn("label", lambda row: row.label, wraps=True),
    ListColumn("scale", lambda row: f"1-{row.scale_points}", right=True),
    ListColumn("populations", lambda row: f"{row.populations}", right=True),
)


def listing(content: Content) -> Listing:
    """Return the topics that the filters keep. Raises UserError for a filter that names nothing."""
    topics = read_topics(content["topics"])
    populations = content["populations"]
    truth = read_ground_truth(
        table_path("populations", populations["table"]), populations["source"]
    ).for_topics([topic.id for topic in topics])
    name, category, language, population = (
        convert(str | None, content[key], key)
        for key in ("name", "category", "of_language", "population")
    )
    categories = {word for topic in topics for word in (topic.category, topic.category_name)}
    if category is not None and category not in categories:
        raise UnknownName("category", category, categories)
    asked = None if language is None else _asked_in(language)
    figures = _with_figures(truth, population)
    rows = [
        _row(topic, int(count))
        for topic, count in zip(topics, np.isfinite(truth.value_polarity).sum(axis=0), strict=True)
        if contains(name, topic.id, topic.label, topic.category_name)
        and category in (None, topic.category, topic.category_name)
        and (asked is None or topic.id in asked)
        and topic.id in figures
    ]
    return Listing(
        rows, _COLUMNS, len(topics), "topic", f" of {content['topics'].get('name')}",
        (f"populations: how many of {populations['name']} have figures for the topic",),
    )  # fmt: skip


def _asked_in(language: str) -> Collection[str]:
    files = files_of("language")
    if language not in files:
        raise UnknownName("language", language, files)
    return section_of(files[language], "topics") or {}


def _with_figures(truth: GroundTruth, population: str | None) -> Collection[str]:
    """Return the topics that a population has figures for; all topics for None."""
    if population is None:
        return truth.topics
    row = truth.row(population)
    has = np.isfinite(truth.value_polarity[row])
    return {topic for topic, known in zip(truth.topics, has, strict=True) if known}


def _row(topic: Topic, populations: int) -> ListedTopic:
    return ListedTopic(
        topic.id, topic.code, topic.label, topic.category, topic.category_name,
        topic.scale.points, populations, topic.note,
    )  # fmt: skip
