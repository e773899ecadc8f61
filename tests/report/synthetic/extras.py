"""Parts that only some reports have: responses to browse, timeline, spending, checks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import numpy as np
import pyarrow as pa

from culture_ray import tables
from culture_ray.report.content import ReportContent
from culture_ray.report.responses import BrowsedResponse


def with_responses(content: ReportContent) -> ReportContent:
    """Return the content with responses to browse: hostile texts, marks, flags and refusals."""
    hostile = "1. </script><script>alert(1)</script> <!-- never\n2. \u05e9\u05dc\u05d5\u05dd"
    browsed = [
        BrowsedResponse(
            model.name, language.code, topic.id, "hypothetical_interviews",
            f"Ask about {topic.label}", hostile if i % 7 == 0 else f"1. For it {i}.\n2. Against.",
            left_out=994_000 if i == 0 else 0,
            status="refusal" if i % 5 == 4 else "labelled",
            flags=("truncated",) if i % 3 == 0 else (),
            stances=() if i % 5 == 4 else ("pro", "con"),
            marked=() if i % 7 == 0 or i % 5 == 4 else ((3, 10 + len(str(i)), "pro"),),
        )
        for i, (model, language, topic) in enumerate(
            product(content.studied, content.languages, content.topics)
        )
    ]  # fmt: skip
    return replace(content, browsed=tuple(browsed))


def with_extras(content: ReportContent, seed: int = 4) -> ReportContent:
    """Return the content with what only some runs have: a timeline, spending, people, checks."""
    rng = np.random.default_rng(seed)
    people = [
        {"population": p.id, "kind": p.kind, "topics": len(content.topics),
         "self_consistency": float(rng.uniform(0.7, 0.95))}
        for p in content.populations
    ]  # fmt: skip
    pairs = [
        {"population": a.id, "other": b.id, "topics": len(content.topics),
         "correlation": float(rng.uniform(0.3, 0.99)), "alignment": float(rng.uniform(0.2, 0.9)),
         "gap": float(rng.uniform(2, 30))}
        for i, a in enumerate(content.populations) for b in content.populations[i + 1 :]
    ]  # fmt: skip
    stances = ("pro", "con", "neutral")
    reliability = [
        {"judge": "same_gemma", "kind": kind, "group": group, "responses": 60, "statements": 600,
         "accuracy": 0.9, "error": 0.1}
        | {f"{a}_read_{b}": int(rng.integers(150, 190) if a == b else rng.integers(0, 20))
           for a in stances for b in stances}
        for kind, group in (("all", "all"), *(("language", x.code) for x in content.languages))
    ]  # fmt: skip
    fits = [
        {"model": m.name, "language": x.code, "fitted": float(rng.uniform(0.1, 0.7)),
         "residual": float(rng.normal()), "leverage": float(rng.uniform(0.1, 0.99)),
         "moves": "consistency", "moves_by": float(rng.normal(0, 0.3))}
        for m in content.studied for x in content.languages
    ]  # fmt: skip
    rows = pa.Table.from_pylist(fits, schema=tables.REGRESSION_ROWS)
    first = replace(content.regressions["multilingual"], rows=rows, rows_file="multilingual.json")
    return replace(
        content,
        people=pa.Table.from_pylist(people, schema=tables.PEOPLE),
        correlations=pa.Table.from_pylist(pairs, schema=tables.PEOPLE_CORRELATIONS),
        judging={"reliability": pa.Table.from_pylist(reliability, schema=tables.JUDGE_RELIABILITY)},
        regressions={**content.regressions, "multilingual": first},
        timeline=_timeline(content),
        spending=_spending(rng),
        usage=pa.Table.from_pylist(
            [
                {"stage": "elicit", "model": "gemma_2_9b", "requests": 384, "output_tokens": 91_000,
                 "replicas": 3, "hours": 0.31, "gpu_hours": 0.62},
                {"stage": "elicit", "model": "gpt_4o", "attempts": 300, "dollars": 0.6123,
                 "unresolved": 2, "unresolved_dollars": 0.0042},
            ],
            schema=tables.USAGE,
        ),
        cap_dollars=1.0,
    )  # fmt: skip


def _timeline(content: ReportContent) -> pa.Table:
    """Two sessions on four GPUs, two days apart; a replica dies in the first."""
    rows = []
    for session, begin in enumerate((0, 2 * 86400)):
        for gpu, model in enumerate(content.studied):
            place = {"model": model.name, "replica": f"{model.name}-{session}-{gpu}",
                     "gpus": str(gpu), "node": "10.0.0.1", "driver": f"vm-{session}"}  # fmt: skip
            at = begin + 20 * gpu
            for event, stage, after, took in (
                ("load", "elicit", 0, 80 + 20 * gpu), ("unit", "elicit", 80 + 20 * gpu, 300),
                ("unit", "elicit", 150, 290), ("unit", "judge same", 520, 90 + 30 * gpu),
            ):  # fmt: skip
                when = datetime(2025, 6, 1, 10, tzinfo=UTC) + timedelta(seconds=at + after)
                rows.append(place | {"at": when, "seconds": float(took), "event": event,
                                     "stage": stage, "requests": 32})  # fmt: skip
            if (session, gpu) == (0, 1):
                rows.append(rows[-1] | {"event": "death", "seconds": 0.0})
    return pa.Table.from_pylist(rows, schema=tables.TIMELINE)


def _spending(rng: np.random.Generator) -> pa.Table:
    began = datetime(2025, 6, 1, 10, 1, tzinfo=UTC)
    rows = [
        {"ticket": str(i), "stage": stage, "model": model, "state": "settled",
         "dollars": float(rng.uniform(0.001, 0.003)), "sent_at": began + timedelta(seconds=2 * i)}
        for i, (stage, model) in enumerate(
            [("elicit", "gpt_4o")] * 200 + [("judge", "gpt_judge")] * 100
        )
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=tables.SPENDING)
