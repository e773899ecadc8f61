"""Texts that models draft and translate."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.tables.table import INT, TEXT, Table, column

TEXTS = pa.schema(
    [
        column("request_id", TEXT, "hash of the request's key"),
        column("step", TEXT, "translate, vary, back or polarity"),
        column("model", TEXT, "name of the model, as in conf/model"),
        column("language", TEXT, "language of the file that is written"),
        column("place", TEXT, "key of the text in that file, as in topics.f120.pro"),
        column("attempt", INT, "number of earlier requests for this text"),
        column("prompt", TEXT, "text sent, before any chat template is applied"),
        column("schema", TEXT, "JSON schema that the answer has to follow"),
        column("text", TEXT, "text of the answer; null if there is none"),
        column("failure", TEXT, "reason why there is no answer; null if there is one"),
        column("prompt_tokens", INT, "length of the prompt", "tokens"),
        column("output_tokens", INT, "length of the answer", "tokens"),
        column("replica", TEXT, "replica that answered"),
        column("finished_at", pa.timestamp("ms", "UTC"), "time at which the answer arrived"),
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
