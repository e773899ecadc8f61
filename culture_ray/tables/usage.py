"""Time, tokens and money that a sweep took."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.tables.table import INT, REAL, TEXT, Table, column

TIMELINE = pa.schema(
    [
        column("at", pa.timestamp("ms", "UTC"), "when it began, on the driver's clock"),
        column("seconds", REAL, "how long it took", "s"),
        column("event", TEXT, "load, unit, idle, death, refusal, drain, join or leave"),
        column("driver", TEXT, "which session of the sweep tells it"),
        column("stage", TEXT, "stage that was running"),
        column("model", TEXT, "model as loaded; null for machines"),
        column("replica", TEXT, "which copy of the model"),
        column("node", TEXT, "addresses of its machines, separated by blanks"),
        column("gpus", TEXT, "ids of its GPUs on the machine, as in CUDA_VISIBLE_DEVICES"),
        column("unit", TEXT, "unit id, with its rows where it is a piece of a unit"),
        column("requests", INT, "requests of it"),
        column("output_tokens", INT, "output tokens of it", "tokens"),
        column("what", TEXT, "the reason, where there is one"),
    ]
)

SPENDING = pa.schema(
    [
        column("ticket", TEXT, "one attempt: request_id/attempt and a random end"),
        column("request_id", TEXT, "hash of the request's key"),
        column("run", TEXT, "whose request it was"),
        column("stage", TEXT, "elicit, judge or translate"),
        column("model", TEXT, "model or judge"),
        column("tier", TEXT, "standard, flex, batch or priority, as served; as asked before that"),
        column("state", TEXT, "settled, voided (nothing was billed), kept or open (at the most)"),
        column("reason", TEXT, "why it was voided or kept"),
        column("dollars", REAL, "what it is charged", "USD"),
        column("reserved", REAL, "the most it could cost", "USD"),
        column("input_tokens", pa.int64(), "as billed; null where that is not known", "tokens"),
        column("cached_tokens", pa.int64(), "of those, read from the provider's cache", "tokens"),
        column("output_tokens", pa.int64(), "as billed, reasoning included", "tokens"),
        column("reasoning_tokens", pa.int64(), "of those, not shown", "tokens"),
        column("sent_at", pa.timestamp("ms", "UTC"), "when it was due to be sent"),
    ]
)

USAGE = pa.schema(
    [
        column("stage", TEXT, "elicit, judge or translate"),
        column("model", TEXT, "model or judge"),
        column("requests", pa.int64(), "answered by its replicas; null without a timeline"),
        column("output_tokens", pa.int64(), "made by its replicas", "tokens"),
        column("replicas", INT, "copies of it that were started, restarts among them"),
        column("hours", REAL, "replica-hours, loading and waiting among them", "h"),
        column("gpu_hours", REAL, "the same times the GPUs of a replica; null without any", "h"),
        column("attempts", pa.int64(), "paid attempts to ask an API; null where nothing is paid"),
        column("dollars", REAL, "what they are charged", "USD"),
        column("unresolved", pa.int64(), "attempts without a bill, charged at their most"),
        column("unresolved_dollars", REAL, "what those are charged", "USD"),
    ]
)

TABLES = (
    Table(
        name="usage",
        schema=USAGE,
        meaning=(
            "One row per stage and model: requests, tokens, replica-hours, GPU-hours and dollars."
        ),
        file="usage.csv",
        written_by="`sweep`, stage report; `report`, from timeline and ledger",
        order="stage, model",
        optional=True,
    ),
    Table(
        name="timeline",
        schema=TIMELINE,
        meaning=(
            "One row per event of a sweep: a loaded model, a finished unit, an idle "
            "replica, a failure."
        ),
        file="timeline.arrow",
        written_by=(
            "`sweep`; each session writes a file of its own, and the last one to end joins them"
        ),
        order="time",
        optional=True,
        copies=("timeline/{driver}.arrow",),
    ),
    Table(
        name="spending",
        schema=SPENDING,
        meaning="One row per attempt to send a request to an API, with the amount charged.",
        file="spending/spending.arrow",
        written_by="`sweep`, `judge-check`, `translate` and `vary`, if a model is paid",
        order="that of the reservations",
        optional=True,
        note=(
            "Made from the ledger, `spending/ledger.jsonl`, which alone decides how much "
            "may be spent; costs.md explains it."
        ),
    ),
)
