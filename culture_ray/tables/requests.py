"""Requests and responses of the elicit stage."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.tables.table import INT, REAL, TEXT, Table, column

KEY = [
    column("request_id", TEXT, "hash of the request's key: stage, model, language, protocol, ..."),
    column("model", TEXT, "model as named in conf/model"),
    column("language", TEXT, "ISO 639-1 code of the prompt's language"),
    column("protocol", TEXT, "how the opinion is elicited"),
    column("template", TEXT, "id of the template within language and protocol"),
    column("topic", TEXT, "survey item, lower-case EVS/WVS code"),
    column("wording", TEXT, "id of the wording within language and topic"),
    column("sample", INT, "index of the sample of this prompt, from 0"),
    column("persona", TEXT, "country the respondents come from; null without a persona"),
]

REQUESTS = pa.schema(KEY)

RESPONSES = pa.schema(
    [
        *KEY,
        column("prompt", TEXT, "the text sent, before any chat template"),
        column("text", TEXT, "what came back; null when nothing did"),
        column("finish_reason", TEXT, "stop, length, or error"),
        column("failure", TEXT, "why nothing came back; null for a response"),
        column("seed", pa.int64(), "sampling seed, derived from the request id"),
        column("prompt_tokens", INT, "length of the prompt", "tokens"),
        column("output_tokens", INT, "length of the response", "tokens"),
        column("options", pa.list_(INT), "answer codes offered, in the prompt's order; or null"),
        column("probabilities", pa.list_(REAL), "of each option; null where not read", "0..1"),
        column("attempts", INT, "how often it was sent"),
        column("seconds", REAL, "from sending to the last token", "s"),
        column("dollars", REAL, "billed for it; null for local models or where unknown", "USD"),
        column("replica", TEXT, "which replica answered"),
        column("finished_at", pa.timestamp("ms", "UTC"), "when it was answered"),
    ]
)

TABLES = (
    Table(
        name="requests",
        schema=REQUESTS,
        meaning="One row per request of the elicit stage, answered or not.",
        file="requests/model={model}/language={language}.arrow",
        written_by="`sweep`, at the start of the elicit stage",
        order="that of the units, and within a unit the order in which the model is asked",
        note="The requests of a run are fixed before any model is loaded.",
    ),
    Table(
        name="responses",
        schema=RESPONSES,
        meaning=(
            "One row per request of the elicit stage: the prompt and the response, or the "
            "reason why there is none."
        ),
        file="responses/model={model}/language={language}/{unit}.arrow",
        written_by="`sweep`, stage elicit; one shard per unit",
        order=(
            "that of the unit's requests; the names of units begin with their position in the sweep"
        ),
        sharded=True,
        note=(
            "`model` and `language` are both columns and folders, so that reading one "
            "model opens one folder only."
        ),
    ),
)
