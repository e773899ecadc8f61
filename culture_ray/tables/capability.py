"""Benchmark scores of models by language."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.tables.table import INT, REAL, TEXT, Table, column

CAPABILITY = pa.schema(
    [
        column("model", TEXT, "name of the model, as in conf/model"),
        column("language", TEXT, "language of the benchmark"),
        column("benchmark", TEXT, "name of the benchmark"),
        column("score", REAL, "score", "0..1"),
        column("source", TEXT, "publication or run that the score comes from"),
        column("std_error", REAL, "standard error; null if not reported", "0..1"),
    ]
)

CAPABILITY_MEANS = pa.schema(
    [
        column("model", TEXT, "name of the model, as in conf/model"),
        column("language", TEXT, "language of the benchmarks"),
        column("capability", REAL, "mean score over the language's benchmarks", "0..1"),
        column(
            "std_error",
            REAL,
            "standard error of the mean, from those of the benchmarks; null if one is unknown",
        ),
        column("benchmarks", INT, "number of benchmarks"),
        column("names", pa.list_(TEXT), "names of the benchmarks"),
    ]
)

TABLES = (
    Table(
        name="capability",
        schema=CAPABILITY,
        meaning="One row per model, language and benchmark: a published or measured score.",
        file="capability/{name}.csv",
        written_by="`capability`, or by hand",
        order="model, language, benchmark",
        folder="conf",
        note=(
            "CSV, Parquet or Arrow. A model's capability is its mean over a language's "
            "benchmarks. `std_error` may be left out."
        ),
    ),
    Table(
        name="capability_means",
        schema=CAPABILITY_MEANS,
        meaning=(
            "One row per model and language: mean score over benchmarks, as the regressions use it."
        ),
        file="capability/{name}.means.csv",
        written_by="`capability`",
        order="model, language",
        folder="conf",
        note="For people to read; no command reads it.",
    ),
)
