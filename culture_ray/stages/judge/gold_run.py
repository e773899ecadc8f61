"""Gold set as a run directory: its responses as shards that judges can read."""

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
"""Stands as the model of gold responses that go on with a list the prompt began."""


@dataclass(frozen=True)
class GoldUnit:
    """A slice of gold responses, to be judged as one shard."""

    unit: Unit
    """Of the responses; its `rows` have the RESPONSES schema."""
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
    """Yield the gold responses as units of `size` requests at most, in a fixed order.

    A response's id comes from its text and its topic's statements: where one of these changes it
    is judged anew, and nothing else is.
    """
    for (model, language), group in groupby(sorted(gold, key=_place), key=_place):
        members = list(group)
        for repeat in range(repeats):
            # Cut per repeat, so that asking for more repeats keeps what is judged already.
            for index, (start, length) in enumerate(slices(len(members), size)):
                part = members[start : start + length]
                rows = [_row(one, model, repeat, languages[language]) for one in part]
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
                    tuple((one.id, repeat) for one in part),
                )


def commit_gold(found: GoldUnit) -> None:
    """Write a unit's responses where they are not there yet; raises DiskProblem."""
    if found.unit.rows is not None and not found.unit.path.exists():
        commit(found.unit.path, found.unit.rows)


def gold_digest(gold: Sequence[GoldResponse]) -> str:
    """Return a hash of texts and true stances, to tell one gold set from another."""
    digest = hashlib.blake2b(digest_size=8, person=b"gold")
    for one in sorted(gold, key=lambda g: g.id):
        digest.update(repr((one.id, one.text, one.stances, one.second)).encode())
    return digest.hexdigest()


def _place(one: GoldResponse) -> tuple[str, str]:
    return (CONTINUED if one.continues_list else "gold", one.language)


def _row(one: GoldResponse, model: str, repeat: int, language: Language) -> dict[str, Any]:
    topic = language.topics[one.topic]
    content = hashlib.blake2b(repr((one.text, topic.pro, topic.con)).encode(), digest_size=8)
    return {
        "request_id": request_id("gold", one.id, content.hexdigest(), str(repeat)),
        "model": model,
        "language": one.language,
        "protocol": PROTOCOLS[PROTOCOL].name,
        "template": "gold",
        "topic": one.topic,
        "wording": one.id,
        "sample": repeat,
        "prompt": "",
        "text": one.text,
        "finish_reason": "stop",
        "seed": 0,
        "prompt_tokens": 0,
        "output_tokens": 0,
        "attempts": 1,
        "seconds": 0.0,
        "replica": "gold",
        "finished_at": datetime(1970, 1, 1, tzinfo=UTC),
    }
