"""Run directory of the gold set: its responses as shards that judges can read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import pyarrow as pa

from culture_ray.judging.gold_set import GoldResponse
from culture_ray.prompts.language import Language
from culture_ray.prompts.protocols import PROTOCOLS
from culture_ray.store.run_directory import RunDirectory
from culture_ray.store.shards import commit, unit_id
from culture_ray.sweep.plan.requests import request_id
from culture_ray.sweep.plan.units import Unit, slices
from culture_ray.tables import RESPONSES

PROTOCOL = "hypothetical_interviews"
CONTINUED = "gold_continued"
"""Model name of the gold responses that continue a list begun by the prompt."""


@dataclass(frozen=True)
class GoldUnit:
    """A slice of gold responses, to be judged as one shard."""

    unit: Unit
    """Unit of the responses; its `rows` have the RESPONSES schema."""
    members: tuple[tuple[str, int], ...]
    """Per row, the gold response's id and the number of the repeat, from 0."""


def gold_units(
    run: RunDirectory,
    gold: Sequence[GoldResponse],
    languages: Mapping[str, Language],
    *,
    repeats: int,
    size: int,
) -> Iterator[GoldUnit]:
    """Yield the gold responses as units of at most `size` requests, in a fixed order.

    The id of a response is a hash of its text and its topic's statements, so that a response is
    judged again if one of these changes.
    """
    for (model, language), group in groupby(sorted(gold, key=_shard_key), key=_shard_key):
        members = list(group)
        for repeat in range(repeats):
            # Each repeat has its own units, so that more repeats leave existing labels valid.
            for index, (start, length) in enumerate(slices(len(members), size)):
                part = members[start : start + length]
                rows = [_row(response, model, repeat, languages[language]) for response in part]
                name = unit_id(index, [str(row["request_id"]) for row in rows])
                yield GoldUnit(
                    Unit(
                        path=run.responses(model, language, name),
                        engine=model,
                        model=model,
                        language=language,
                        size=length,
                        tokens=float(length),
                        rows=pa.Table.from_pylist(rows, schema=RESPONSES),
                    ),
                    tuple((response.id, repeat) for response in part),
                )


def commit_gold(gold: GoldUnit) -> None:
    """Write a unit's responses unless they exist; raises DiskProblem."""
    if gold.unit.rows is not None and not gold.unit.path.exists():
        commit(gold.unit.path, gold.unit.rows)


def gold_digest(gold: Sequence[GoldResponse]) -> str:
    """Return a hash of texts and true stances, which identifies a gold set."""
    digest = hashlib.blake2b(digest_size=8, person=b"gold")
    for response in sorted(gold, key=lambda response: response.id):
        digest.update(
            repr((response.id, response.text, response.stances, response.second)).encode()
        )
    return digest.hexdigest()


def _shard_key(response: GoldResponse) -> tuple[str, str]:
    return (CONTINUED if response.continues_list else "gold", response.language)


def _row(response: GoldResponse, model: str, repeat: int, language: Language) -> dict[str, Any]:
    topic = language.topics[response.topic]
    content = hashlib.blake2b(repr((response.text, topic.pro, topic.con)).encode(), digest_size=8)
    return {
        "request_id": request_id("gold", response.id, content.hexdigest(), str(repeat)),
        "model": model,
        "language": response.language,
        "protocol": PROTOCOLS[PROTOCOL].name,
        "template": "gold",
        "topic": response.topic,
        "wording": response.id,
        "sample": repeat,
        "prompt": "",
        "text": response.text,
        "finish_reason": "stop",
        "seed": 0,
        "prompt_tokens": 0,
        "output_tokens": 0,
        "attempts": 1,
        "seconds": 0.0,
        "replica": "gold",
        "finished_at": datetime(1970, 1, 1, tzinfo=UTC),
    }
