"""A report's content made from a seed through the real schemas: what a finished run has."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from culture_ray import tables
from culture_ray.report.cell_values import alignment_with_speakers, self_consistency, us_bias
from culture_ray.report.content import ReportContent
from culture_ray.report.study import ReportModel, ReportTopic
from tests.report.synthetic.regressions import drawn_regressions, hostile_examples
from tests.report.synthetic.study import BASELINES, LANGUAGES, MODELS, POPULATIONS, SKILL
from tests.report.synthetic.tables import (
    alignment_table,
    consistency_table,
    distribution_row,
    drawn_polarity,
    drawn_truth,
    quality_row,
)


@cache
def make_content(
    seed: int = 1,
    *,
    models: tuple[ReportModel, ...] = MODELS,
    topics: int = 16,
    responses: int = 12,
) -> ReportContent:
    """Return a run of `models` and three baselines over four languages and 18 populations.

    Equal calls share one run, which nobody changes.
    """
    rng = np.random.default_rng(seed)
    names = tuple(
        ReportTopic(f"f{100 + i}", f"Survey item number {i + 1}", "FECD"[i % 4],
              "Described people favour it.", "Described people oppose it.")
        for i in range(topics)
    )  # fmt: skip
    truth = drawn_truth(rng, names)
    everyone = (*models, *BASELINES)
    polarities: dict[tuple[str, str, str], np.ndarray] = {}
    distributions, quality = [], []
    for model in everyone:
        for language in LANGUAGES:
            for topic in names:
                target = truth[f"speakers:{language.code}", topic.id]
                drawn = drawn_polarity(rng, model.name, target, responses)
                polarities[model.name, language.code, topic.id] = drawn
                distributions.append(distribution_row(model, language.code, topic.id, drawn))
            if not model.baseline:
                quality.append(quality_row(rng, model, language.code, topics * responses))
    return ReportContent(
        run="synthetic",
        experiment="quickstart",
        started="2025-06-01 10:00 UTC",
        finished="2025-06-01 10:07 UTC",
        command="culture-ray sweep experiment=quickstart run=synthetic",
        provenance={
            "culture-ray": "0.1.0",
            "python": "3.11.7",
            "vllm": "0.32.0",
            "seed": "20250601",
        },
        models=everyone,
        languages=LANGUAGES,
        topics=names,
        populations=POPULATIONS,
        distributions=pa.Table.from_pylist(distributions, schema=tables.DISTRIBUTIONS),
        alignment=alignment_table(everyone, names, truth, polarities),
        consistency=consistency_table(rng, everyone, topics, responses),
        quality=pa.Table.from_pylist(quality, schema=tables.QUALITY),
        ground_truth=pa.Table.from_pylist(
            [
                {
                    "population": p.id,
                    "kind": p.kind,
                    "languages": " ".join(p.languages),
                    "topic": t.id,
                    "value_polarity": truth[p.id, t.id],
                    "std_error": 0.012,
                    "n": 1400,
                }
                for p in POPULATIONS
                for t in names
            ],
            schema=tables.GROUND_TRUTH,
        ),
        regressions=drawn_regressions(rng, models),
        examples=tuple(hostile_examples(models, names)),
        notices=("These figures are synthetic: they were drawn from a seed.",),
    )


def with_cells(content: ReportContent, seed: int = 3) -> ReportContent:
    """Return the content with cells as cells.csv has them: intervals and capability."""
    rng = np.random.default_rng(seed)
    read = {"alignment_language": alignment_with_speakers, "us_minus_native": us_bias,
            "self_consistency": self_consistency}  # fmt: skip
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for name, of in read.items():
        for cell in of(content):
            row = rows.setdefault((cell.model, cell.language), {"model": cell.model})
            half = float(rng.uniform(0.1, 0.3))
            ends = (None, None) if cell.value is None else (cell.value - half, cell.value + half)
            row |= {"language": cell.language, "protocol": "hypothetical_interviews", "judge": None}
            row |= {name: cell.value, f"{name}_ci_low": ends[0], f"{name}_ci_high": ends[1]}
            skill = SKILL.get(cell.model, 0.5)
            row["capability"] = float(np.clip(skill + rng.normal(0, 0.05), 0, 1))
            if name == "alignment_language":
                near = None if cell.value is None else 0.7 + 0.2 * cell.value
                low, high = (None, None) if near is None else (near - 0.05, near + 0.05)
                row |= {"closeness_language": near, "closeness_language_ci_low": low,
                        "closeness_language_ci_high": high}  # fmt: skip
    return replace(content, cells=pa.Table.from_pylist(list(rows.values())))
