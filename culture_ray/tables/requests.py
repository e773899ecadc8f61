"""Requests and responses of the elicit stage."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.tables.table import INT, REAL, TEXT, Table, column

KEY = [
    column(
        "request_id",
        TEXT,
        "hash of the request's key: stage, model, language, protocol, template, ...",
    ),
    column("model", TEXT, "name of the model, as in conf/model"),
    column("language", TEXT, "language tag (BCP 47) of the prompt's language"),
    column("protocol", TEXT, "elicitation protocol"),
    column("template", TEXT, "id of the template, unique within language and protocol"),
    column("topic", TEXT, "survey item: its EVS/WVS code in lower case, or the name of a battery"),
    column("wording", TEXT, "id of the wording, unique within language and topic"),
    column("sample", INT, "index of the sample drawn for this prompt, from 0"),
    column(
        "persona",
        TEXT,
        "country, or profile, of the described respondents; null without a persona",
    ),
]

VARIANT = column(
    "variant",
    TEXT,
    "levels of the protocol's factors, such as labels=numbers, typos=0.05; null at the usual ones",
    later=True,
)

GROUPED = [
    column(
        "items",
        pa.list_(TEXT),
        "topics of the battery that the prompt asks, in its order; null where it asks one",
        later=True,
    ),
    column(
        "after",
        pa.list_(TEXT),
        "topics asked before in the same conversation, in its order; null outside conversations",
        later=True,
    ),
]

REQUESTS = pa.schema([*KEY, VARIANT, *GROUPED])

RESPONSES = pa.schema(
    [
        *KEY,
        column("prompt", TEXT, "text sent, before any chat template is applied"),
        column("text", TEXT, "text of the answer; null if there is none"),
        column("finish_reason", TEXT, "stop, length, or error"),
        column("failure", TEXT, "reason why there is no response; null if there is one"),
        column("seed", pa.int64(), "sampling seed, derived from the request id"),
        column("prompt_tokens", INT, "length of the prompt", "tokens"),
        column("output_tokens", INT, "length of the response", "tokens"),
        column(
            "options",
            pa.list_(INT),
            "answer codes offered, in the order of the prompt; null without, and for a battery",
        ),
        column(
            "probabilities", pa.list_(REAL), "probability of each option; null if not read", "0..1"
        ),
        column("attempts", INT, "number of times the request was sent"),
        column("seconds", REAL, "time from sending the request to the last token", "s"),
        column("dollars", REAL, "amount billed; null for local models or if unknown", "USD"),
        column("replica", TEXT, "replica that answered"),
        column("finished_at", pa.timestamp("ms", "UTC"), "time at which the answer arrived"),
        column(
            "thoughts",
            TEXT,
            "what the model thought before it answered, never judged; null if nothing came back",
            later=True,
        ),
        column(
            "reasoning_tokens",
            INT,
            "tokens of the thoughts, included in output_tokens; null if unknown",
            "tokens",
            later=True,
        ),
        column(
            "rendered_prompt",
            TEXT,
            "prompt as the model got it, after its chat template; null if a provider applied it",
            later=True,
        ),
        VARIANT,
        *GROUPED,
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
