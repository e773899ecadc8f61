"""Sentence on what the two dimensions of the map tell apart."""

from __future__ import annotations

from culture_ray.report.content import ReportContent
from culture_ray.report.formatting import listed

_NAMED = 3
"""Topics named per dimension: those with the largest loadings."""


def dimensions_sentence(content: ReportContent) -> str:
    """Return the topics that separate the points along each dimension; empty if not known."""
    rows = [] if content.culture_map_topics is None else content.culture_map_topics.to_pylist()
    labels = {topic.id: topic.label for topic in content.topics}
    loadings = [
        [(row[column], labels[row["topic"]]) for row in rows if row["topic"] in labels]
        for column in ("x_loading", "y_loading")
    ]
    if not loadings[0]:
        return ""
    right, up = map(_topics, loadings)
    return f"Farther right: {right}. Farther up: {up}."


def _topics(loadings: list[tuple[float, str]]) -> str:
    """Return 'more agreement on A and B, less on C' for the topics with the largest loadings."""
    largest = sorted(loadings, key=lambda one: -abs(one[0]))[:_NAMED]
    more, less = (
        listed([f"“{label}”" for loading, label in largest if sign * loading > 0])
        for sign in (1, -1)
    )
    if not more:
        return f"less agreement on {less}"
    return f"more agreement on {more}" + (f", less on {less}" if less else "")
