"""Time, tokens and money that a sweep took."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.tables.table import INT, REAL, TEXT, column

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
"""timeline.arrow: one row per thing that took time or went wrong while a sweep ran."""

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
"""spending.arrow: one row per attempt to ask an API, with what it is charged."""

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
"""usage.csv: what each stage of each model took, from the timeline and the ledger."""
