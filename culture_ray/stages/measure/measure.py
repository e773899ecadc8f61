"""Stage measure: labels reduced to distributions, alignment and self-consistency."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.labels.measured import measured_counts
from culture_ray.measures.cells import tabulate
from culture_ray.stages.context import RunContext
from culture_ray.stages.judge.agreement import write_agreement
from culture_ray.stages.judge.error import error_sentences
from culture_ray.stages.measure.answers import write_answers
from culture_ray.stages.measure.cells import cells_of
from culture_ray.stages.measure.exclusions import write_exclusions
from culture_ray.stages.measure.rows import alignment_rows, consistency_row, distribution_rows
from culture_ray.store import catalogue
from culture_ray.store.provenance import amend
from culture_ray.tables import TABLES

SCHEMAS = {name: TABLES[name].schema for name in ("distributions", "alignment", "consistency")}


def measure(context: RunContext) -> dict[str, pa.Table]:
    """Write distributions, alignment and consistency of a run and return them by name."""
    settings, truth, errors = context.settings, context.ground_truth, context.judge_errors
    labelled = measured_counts(settings)
    write_exclusions(settings.run, settings.judging, labelled, truth)
    write_answers(settings)
    write_agreement(settings.run, settings.models, settings.languages, settings.judges)
    parts: dict[str, list[pa.RecordBatch]] = {name: [] for name in SCHEMAS}
    for key, responses in cells_of(settings, truth, labelled):
        cell = tabulate(responses.topic, responses.polarity, responses.times)
        error = errors.get((key.judge or "", key.language))
        rows = {
            "distributions": distribution_rows(key, responses, truth.topics),
            "alignment": alignment_rows(key, cell, truth),
            "consistency": [consistency_row(key, cell, responses, error)],
        }
        # Convert to columns at once: rows of Python objects take twenty times the memory.
        for name, schema in SCHEMAS.items():
            parts[name].append(pa.RecordBatch.from_pylist(rows[name], schema=schema))
    tables = {
        name: pa.Table.from_batches(parts[name], schema=schema).combine_chunks()
        for name, schema in SCHEMAS.items()
    }
    for name, table in tables.items():
        catalogue.write(settings.run, name, table)
    amend(settings.run, {"judge_error": error_sentences(errors)})
    return tables
