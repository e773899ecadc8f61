"""Texts that models draft and translate."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.tables.table import INT, TEXT, Table, column

TEXTS = pa.schema(
    [
        column("request_id", TEXT, "hash of the request's key"),
        column("step", TEXT, "translate, vary, back or polarity"),
        column("model", TEXT, "model as named in conf/model"),
        column("language", TEXT, "language of the file that is made"),
        column("place", TEXT, "where the text stands in it, as in topics.f120.pro"),
        column("attempt", INT, "which time this text is asked for, from 0"),
        column("prompt", TEXT, "the text sent, before any chat template"),
        column("schema", TEXT, "JSON schema that the answer follows"),
        column("text", TEXT, "what came back; null when nothing did"),
        column("failure", TEXT, "why nothing came back; null for an answer"),
        column("prompt_tokens", INT, "length of the prompt", "tokens"),
        column("output_tokens", INT, "length of the answer", "tokens"),
        column("replica", TEXT, "which replica answered"),
        column("finished_at", pa.timestamp("ms", "UTC"), "when it was answered"),
    ]
)

TABLES = (
    Table(
        name="texts",
        schema=TEXTS,
        meaning=(
            "One row per request of `translate` and `vary`: a text of a language file, or "
            "a check of one."
        ),
        file="{run}/texts/model={model}/step={step}/{unit}.arrow",
        written_by="`translate` and `vary`",
        order="that of the unit's requests",
        folder="results",
        sharded=True,
        note=(
            "RUN is `translate-CODE` or `vary-CODE`. The accepted texts go into the "
            "language's file."
        ),
    ),
)
