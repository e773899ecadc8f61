"""Answers that were scored elsewhere, as shares on the scales of their topics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from culture_ray.errors import BadTable
from culture_ray.labels.read import IMPORTED, IMPORTED_PERSONA, label_columns
from culture_ray.settings.run import Settings
from culture_ray.survey.topics import Scale

PROTOCOLS = (IMPORTED, IMPORTED_PERSONA)
_READ = ("protocol", "persona", "model", "language", "topic", "answer_shares")


def imported_shares(settings: Settings) -> Iterator[tuple[Mapping[str, Any], list[float]]]:
    """Yield the labels that were imported as answers or distributions, and their shares.

    Shares are divided by their sum, as what a model said beside the options is no answer. Raises
    BadTable for shares on a scale of another length than the topic's.
    """
    if set(PROTOCOLS).isdisjoint(settings.protocols):
        return
    scales = {topic.id: topic.scale for topic in settings.topics}
    for row in label_columns(settings.run, settings.models, settings.languages, _READ).to_pylist():
        if row["answer_shares"] is not None and row["topic"] in scales:
            yield row, _normalised(row, scales[row["topic"]], settings.run.name)


def _normalised(row: Mapping[str, Any], scale: Scale, run: str) -> list[float]:
    shares: list[float] = row["answer_shares"]
    if len(shares) != len(scale.answers):
        raise BadTable(
            f"run '{run}': topic '{row['topic']}' was imported on a scale of {len(shares)} "
            f"answers, and conf/topics describes {len(scale.answers)}: analyse with the topics of "
            f"the import, or import the file under another run=NAME"
        )
    total = sum(shares)
    return [share / total for share in shares]
