"""Benchmark scores of models by language."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.tables.table import INT, REAL, TEXT, column

CAPABILITY = pa.schema(
    [
        column("model", TEXT, "model as named in conf/model"),
        column("language", TEXT, "language of the benchmark"),
        column("benchmark", TEXT, "name of the benchmark"),
        column("score", REAL, "score", "0..1"),
        column("source", TEXT, "where the figure was published"),
        column("std_error", REAL, "its standard error; null where it is not told", "0..1"),
    ]
)
"""Per model, language and benchmark: a published or measured score."""

CAPABILITY_MEANS = pa.schema(
    [
        column("model", TEXT, "model as named in conf/model"),
        column("language", TEXT, "language of the benchmarks"),
        column("capability", REAL, "mean of the language's benchmarks", "0..1"),
        column("std_error", REAL, "of that mean, from the benchmarks' own; null if one lacks it"),
        column("benchmarks", INT, "how many"),
        column("names", pa.list_(TEXT), "which ones"),
    ]
)
"""Per model and language, from results of benchmark harnesses: what regressions take."""
