"""Regressions and example responses of a synthetic report."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from culture_ray import tables
from culture_ray.report.regression_result import ReportRegression
from culture_ray.report.responses import Example
from culture_ray.report.study import ReportModel, ReportTopic
from tests.report.synthetic.study import LANGUAGES


def drawn_regressions(
    rng: np.random.Generator, models: tuple[ReportModel, ...]
) -> dict[str, ReportRegression]:
    families = sorted({m.family for m in models})
    capability = [f"capability_within:family[{f}]" for f in families]
    languages = [f"language[{x.code}]" for x in LANGUAGES]
    us = [f"us_bias:model[{m.name}]:language[{x.code}]" for m in models for x in LANGUAGES]
    return {
        "multilingual": ReportRegression(
            "Multilingual regression", "Does more capability go with more alignment?",
            "alignment ~ 0 + language + consistency + capability_within:family + (1 | model)",
            _coefficients(rng, [*languages, "consistency", *capability], 9.5),
            design="multilingual",
        ),
        "multilingual_paper": ReportRegression(
            "Multilingual regression, the paper's way", "As published: rounds used as rows.",
            "alignment ~ 0 + consistency:language + capability:family:language + (1 | model)",
            _coefficients(rng, [*languages, "consistency", *capability], float("inf")),
            design="multilingual", inference="paper",
        ),
        "us_bias": ReportRegression(
            "US bias", "Is a model closer to the US than to its own speakers?",
            "alignment ~ us * model : language", _coefficients(rng, us, 14.0),
        ),
    }  # fmt: skip


def _coefficients(rng: np.random.Generator, terms: list[str], df: float) -> pa.Table:
    rows = []
    for term in terms:
        estimate, error = float(rng.normal(0.2, 0.3)), float(rng.uniform(0.05, 0.3))
        rows.append({"term": term, "estimate": estimate, "std_error": error, "df": df,
                     "ci_low": estimate - 2.2 * error, "ci_high": estimate + 2.2 * error,
                     "p_value": float(rng.uniform()), "p_permutation": None})  # fmt: skip
    return pa.Table.from_pylist(rows, schema=tables.REGRESSION)


def hostile_examples(
    models: tuple[ReportModel, ...], topics: tuple[ReportTopic, ...]
) -> list[Example]:
    return [
        Example(
            m.name, x.code, t.id,
            f"You interview ten people about: {t.label}. <b>List</b> their views.",
            "1. I am for it & say so.\n2. I am against it.\n"
            "3. I do not know <script>alert(1)</script>. over \u202e\u2066\x1b[2J\x9bridden "
            "with a mark\u200f",
            ("pro", "con", "neutral"),
        )
        for t in topics for m in models for x in LANGUAGES[:2]
    ]  # fmt: skip
