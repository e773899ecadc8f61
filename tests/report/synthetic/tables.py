"""Tables of a synthetic report, drawn through the real schemas."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from scipy.stats import spearmanr

from culture_ray import tables
from culture_ray.report.study import ReportModel, ReportTopic
from tests.report.synthetic.study import LANGUAGES, POPULATIONS, SKILL


def drawn_truth(
    rng: np.random.Generator, topics: tuple[ReportTopic, ...]
) -> dict[tuple[str, str], float]:
    world = rng.beta(1.2, 1.2, len(topics))
    own = {x.code: np.clip(world + rng.normal(0, 0.15, len(topics)), 0.02, 0.98) for x in LANGUAGES}
    truth: dict[tuple[str, str], float] = {}
    for population in POPULATIONS:
        base = own[population.languages[0]] if population.languages else world
        noise = 0.0 if population.kind == "language" else rng.normal(0, 0.1, len(topics))
        for topic, value in zip(topics, np.clip(base + noise, 0.01, 0.99), strict=True):
            truth[population.id, topic.id] = float(value)
    return truth


def drawn_polarity(rng: np.random.Generator, model: str, target: float, n: int) -> np.ndarray:
    if model == "fifty_percent":
        return np.full(n, 0.5)
    if model == "perfect":
        return np.full(n, target)
    if model == "uniform_random":
        return rng.integers(0, 11, n) / 10
    skill = SKILL.get(model, 0.5)
    mean = np.clip(skill * target + (1 - skill) * rng.uniform(), 0.03, 0.97)
    kept = max(1, n - int(rng.integers(0, 3)))
    return rng.binomial(10, mean, kept) / 10


def distribution_row(
    model: ReportModel, language: str, topic: str, drawn: np.ndarray
) -> dict[str, Any]:
    values, counts = np.unique(drawn, return_counts=True)
    pro = round(float(drawn.sum()) * 10)
    return {
        "model": model.name, "family": model.family, "language": language,
        "protocol": "hypothetical_interviews", "judge": None if model.baseline else "same_gemma",
        "topic": topic, "responses": len(drawn) + 1, "used": len(drawn),
        "pro": pro, "con": 10 * len(drawn) - pro, "neutral": len(drawn) // 2,
        "value_polarity": float(drawn.mean()), "values": values.tolist(), "counts": counts.tolist(),
    }  # fmt: skip


def quality_row(
    rng: np.random.Generator, model: ReportModel, language: str, requests: int
) -> dict[str, Any]:
    failed, refusals, empty, unparsable, errors, undefined = (
        int(x) for x in rng.integers(0, max(2, requests // 24), 6)
    )
    used = requests - failed - refusals - empty - unparsable - errors - undefined
    return {
        "model": model.name, "language": language, "protocol": "hypothetical_interviews",
        "judge": "same_gemma", "requests": requests, "rows": requests, "failed": failed,
        "truncated": int(rng.integers(0, 20)), "refusals": refusals, "empty": empty,
        "repetitive": int(rng.integers(0, 9)), "wrong_language": int(rng.integers(0, 9)),
        "unparsable": unparsable, "judge_errors": errors, "undefined": undefined, "used": used,
    }  # fmt: skip


def alignment_table(
    models: tuple[ReportModel, ...],
    topics: tuple[ReportTopic, ...],
    truth: dict[tuple[str, str], float],
    polarities: dict[tuple[str, str, str], np.ndarray],
) -> pa.Table:
    rows = []
    for model in models:
        for language in LANGUAGES:
            drawn = [polarities[model.name, language.code, t.id] for t in topics]
            values = np.concatenate(drawn)
            means = np.array([d.mean() for d in drawn])
            for p in POPULATIONS:
                figures = np.array([truth[p.id, t.id] for t in topics])
                constant = bool(np.ptp(values) == 0 or np.ptp(means) == 0)
                row = {"model": model.name, "family": model.family, "language": language.code,
                       "protocol": "hypothetical_interviews",
                       "judge": None if model.baseline else "same_gemma",
                       "population": p.id, "population_kind": p.kind, "topics": len(topics),
                       "responses": len(values), "alignment": None, "alignment_topics": None,
                       "reason": "every response has the same value polarity"}  # fmt: skip
                if not constant:
                    repeated = np.repeat(figures, [len(d) for d in drawn])
                    row["alignment"] = float(spearmanr(values, repeated).statistic)
                    row["alignment_topics"] = float(spearmanr(means, figures).statistic)
                    row["reason"] = None
                rows.append(row)
    return pa.Table.from_pylist(rows, schema=tables.ALIGNMENT)


def consistency_table(
    rng: np.random.Generator, models: tuple[ReportModel, ...], topics: int, responses: int
) -> pa.Table:
    rows = []
    for model in models:
        for language in LANGUAGES:
            level = {"perfect": 1.0, "uniform_random": 0.0}.get(model.name)
            value = SKILL.get(model.name, 0.5) * 0.9 if level is None else level
            constant = model.name == "fifty_percent"
            rows.append(
                {"model": model.name, "family": model.family, "language": language.code,
                 "protocol": "hypothetical_interviews",
                 "judge": None if model.baseline else "same_gemma", "topics": topics,
                 "responses": topics * responses,
                 "self_consistency": None if constant
                 else float(min(1.0, value + rng.normal(0, 0.03))),
                 "reason": "every response has the same value polarity" if constant else None}
            )  # fmt: skip
    return pa.Table.from_pylist(rows, schema=tables.CONSISTENCY)
