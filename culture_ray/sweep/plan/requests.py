"""Requests of the elicit stage: the table of a sweep, with ids derived from exactly its keys."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import repeat

import pyarrow as pa

from culture_ray.tables import REQUESTS


def request_id(*key: str) -> str:
    """Return the id of a request: 96 bits of a hash over its key, as 24 hexadecimal digits.

    The key is (stage, model, language, protocol, template, topic, wording, sample index), for a
    persona also its country, and for a variant both country, or nothing, and variant. For a group
    of topics it has both, or nothing, and the topics of the battery, or those asked before in the
    conversation. A judging request's key is (judge, its definition's hash, the response's id). Text
    is never part of a key.
    """
    # With its length before each part, no two keys give the same text, whatever the parts contain.
    whole = "".join(f"{len(part)}:{part}" for part in key).encode()
    return hashlib.blake2b(whole, digest_size=12, person=b"request").hexdigest()


def elicit_requests(
    model: str,
    language: str,
    protocol: str,
    prompts: Sequence[tuple[str, str, str, int]],
    persona: str | None = None,
    variant: str | None = None,
    *,
    items: Sequence[tuple[str, ...]] | None = None,
    after: Sequence[tuple[str, ...]] | None = None,
) -> pa.Table:
    """Return the requests of one model, language and protocol (REQUESTS schema, in order).

    `prompts` are (template, topic, wording, sample index); `persona` is the country of all of them,
    `variant` the text of their levels. `items` are the topics of each prompt's battery, `after`
    those that its conversation has asked before.
    """
    # Without a persona, a variant or a group, the key is that of versions that had none: ids of
    # stored runs stay valid.
    last: tuple[str, ...] = () if persona is None else (persona,)
    if variant is not None:
        last = (persona or "", variant)
    size = len(prompts)
    together: Sequence[tuple[str, ...]] = [()] * size
    if items is not None or after is not None:
        last = (persona or "", variant or "")
        named = [("items", *of) for of in items or ()] + [("after", *of) for of in after or ()]
        together = [("+".join(of),) for of in named]
    templates, topics, wordings, samples = (
        (list(part) for part in zip(*prompts, strict=True)) if prompts else ([], [], [], [])
    )
    ids = [
        request_id(
            "elicit", model, language, protocol, template, topic, wording, str(sample), *last, *more
        )
        for (template, topic, wording, sample), more in zip(prompts, together, strict=True)
    ]
    lists = pa.list_(pa.string())
    return pa.table(
        [
            pa.array(ids, pa.string()),
            pa.array(repeat(model, size), pa.string()),
            pa.array(repeat(language, size), pa.string()),
            pa.array(repeat(protocol, size), pa.string()),
            pa.array(templates, pa.string()),
            pa.array(topics, pa.string()),
            pa.array(wordings, pa.string()),
            pa.array(samples, pa.int32()),
            pa.array(repeat(persona, size), pa.string()),
            pa.array(repeat(variant, size), pa.string()),
            pa.nulls(size, lists) if items is None else pa.array(items, lists),
            pa.nulls(size, lists) if after is None else pa.array(after, lists),
        ],
        schema=REQUESTS,
    )
