"""Groups of topics that one prompt, or one conversation, asks together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from culture_ray.errors import BadPrompts
from culture_ray.prompts.shared_ids import SharedIds
from culture_ray.survey.topics import Topic

GroupBy = Literal["battery", "category", "all"]
"""Topics of a group: those that the survey asks as one question, those of a category, or all."""

Groups = Mapping[str, tuple[str, ...]]
"""Ids of the topics of each group, by its name."""


def topic_groups(topics: Sequence[Topic], by: GroupBy) -> dict[str, tuple[str, ...]]:
    """Return the topics by group, in the order of the catalogue.

    A topic without a battery is a group of its own, named by its id.
    """
    found: dict[str, list[str]] = {}
    for topic in topics:
        names = {"battery": topic.battery or topic.id, "category": topic.category, "all": "all"}
        found.setdefault(names[by], []).append(topic.id)
    return {name: tuple(ids) for name, ids in found.items()}


def group_ids(ids: SharedIds, groups: Groups) -> SharedIds:
    """Return the ids of a design over groups, which stand in the place of topics.

    The wordings of a group are those that all its topics have. Raises BadPrompts if there is none.
    """
    wordings: dict[str, tuple[str, ...]] = {}
    for name, topics in groups.items():
        common = [
            wording
            for wording in ids.wordings[topics[0]]
            if all(wording in ids.wordings[topic] for topic in topics)
        ]
        if not common:
            raise BadPrompts(
                f"group {name}: no question id is common to its topics {', '.join(topics)}; give "
                f"their questions in conf/language the same id"
            )
        wordings[name] = tuple(common)
    return replace(ids, topics=tuple(groups), wordings=wordings)
