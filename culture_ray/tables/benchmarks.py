"""Items of benchmarks, and the answers to the requests that put them."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.tables.requests import RESPONSES
from culture_ray.tables.table import INT, REAL, TEXT, Table, column

_NAMED_TEXTS = pa.map_(TEXT, TEXT)

ITEMS = pa.schema(
    [
        column("item", TEXT, "id of the item, the same in every language"),
        column(
            "cluster", TEXT, "unit that inference draws: the item, unless the file names another"
        ),
        column("language", TEXT, "language tag (BCP 47) of the item"),
        column("text", TEXT, "the item's text"),
        column("fields", _NAMED_TEXTS, "further texts, by their names in prompts"),
        column("options", pa.list_(TEXT), "options in the order of the source; empty without"),
        column(
            "answers",
            pa.list_(pa.struct([("text", TEXT), ("option", INT), ("weight", REAL)])),
            "right answers: text, index among the options (null without options) and weight",
        ),
        column("groups", _NAMED_TEXTS, "group of the item, by grouping"),
        column(
            "turns",
            pa.list_(pa.struct([("user", TEXT), ("assistant", TEXT)])),
            "exchanges before the item's own prompt",
        ),
    ]
)

_KEY = [
    column("request_id", TEXT, "hash of the request's key: benchmark, model, language, item, ..."),
    column("benchmark", TEXT, "name of the benchmark, as in conf/benchmark"),
    column("model", TEXT, "name of the model, as in conf/model"),
    column("language", TEXT, "language tag (BCP 47) of the item"),
    column("item", TEXT, "id of the item"),
    column("condition", TEXT, "condition in which the item is put; `plain` if there is one only"),
    column("step", TEXT, "step of the condition; the answer to its last step is scored"),
    column("part", INT, "index of the list's entry, or of the statement; 0 for a single request"),
    column("variant", INT, "index of the prompt among those of its language, from 0"),
    column("order", TEXT, "order of the options: as_is or reversed"),
    column("sample", INT, "index of the sample drawn for this prompt, from 0"),
    column("prompt_language", TEXT, "language of the prompt: `en` if the item's has none"),
]

ITEM_REQUESTS = pa.schema(_KEY)

BENCHMARK_ANSWERS = pa.schema(
    [
        *_KEY,
        column("system", TEXT, "system message sent; empty for none"),
        RESPONSES.field("prompt"),
        RESPONSES.field("text"),
        RESPONSES.field("finish_reason"),
        column("failure", TEXT, "reason why there is no answer; null if there is one"),
        RESPONSES.field("seed"),
        RESPONSES.field("prompt_tokens"),
        column("output_tokens", INT, "length of the answer", "tokens"),
        column(
            "options",
            pa.list_(INT),
            "indices of the item's options, in the order of the prompt; null if none were offered",
        ),
        *[
            RESPONSES.field(name)
            for name in (
                "probabilities", "attempts", "seconds", "dollars", "replica", "finished_at",
            )
        ],
        column("thoughts", TEXT, "what the model thought before it answered; null if unknown"),
        column(
            "reasoning_tokens",
            INT,
            "tokens of the thoughts, included in output_tokens; null if unknown",
            "tokens",
        ),
        column(
            "rendered_prompt",
            TEXT,
            "prompt as the model got it, after its chat template; null if a provider applied it",
        ),
        column(
            "layers",
            pa.list_(pa.list_(REAL)),
            "probability of each group of words after each layer; null unless layers are read",
            "0..1",
            later=True,
        ),
    ]
)  # fmt: skip

TABLES = (
    Table(
        name="benchmark_items",
        schema=ITEMS,
        meaning="One row per item of a benchmark and language, as it is put and scored.",
        file="benchmarks/{benchmark}/items/language={language}.arrow",
        written_by="`sweep`, at the start of the benchmark stage",
        order="that of the source's files",
        optional=True,
        note=(
            "The folder of a benchmark is its name and a hash of its file and items, so that a "
            "changed benchmark joins a run beside the old one."
        ),
    ),
    Table(
        name="benchmark_answers",
        schema=BENCHMARK_ANSWERS,
        meaning=(
            "One row per request that puts an item: the prompt and the answer, or the reason why "
            "there is none."
        ),
        file="benchmarks/{benchmark}/answers/model={model}/language={language}/{unit}.arrow",
        written_by="`sweep`, stage benchmark; one shard per unit",
        order=(
            "that of the unit's requests; a unit holds one condition and step of consecutive items"
        ),
        optional=True,
        sharded=True,
    ),
)
