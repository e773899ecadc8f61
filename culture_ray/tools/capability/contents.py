"""Contents of the files that `culture-ray capability` writes: tables, provenance, configuration."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import yaml

from culture_ray.store.provenance import host_facts
from culture_ray.survey.harnesses.scores import MeanScore, Score
from culture_ray.tables import CAPABILITY, CAPABILITY_MEANS
from culture_ray.tools.capability.job import CapabilityJob


def score_table(scores: Sequence[Score]) -> pa.Table:
    """Return the scores (CAPABILITY), in order of model, language and benchmark."""
    return pa.Table.from_pylist(
        [
            {
                "model": score.model,
                "language": score.language,
                "benchmark": score.benchmark,
                "score": score.score,
                "source": score.source,
                "std_error": score.std_error,
            }
            for score in sorted(
                scores, key=lambda score: (score.model, score.language, score.benchmark)
            )
        ],
        schema=CAPABILITY,
    )


def mean_table(means: Sequence[MeanScore]) -> pa.Table:
    """Return the means (CAPABILITY_MEANS, with the benchmarks' names joined to one text)."""
    table = pa.Table.from_pylist(
        [
            {
                "model": mean.model,
                "language": mean.language,
                "capability": mean.capability,
                "std_error": mean.std_error,
                "benchmarks": len(mean.benchmarks),
                "names": list(mean.benchmarks),
            }
            for mean in means
        ],
        schema=CAPABILITY_MEANS,
    )
    joined = pa.array(["; ".join(mean.benchmarks) for mean in means], pa.string())
    return table.set_column(table.schema.get_field_index("names"), "names", joined)


def facts(job: CapabilityJob, paths: Sequence[Path], notes: Sequence[str]) -> dict[str, Any]:
    """Return the provenance of the figures."""
    return {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": job.command,
        "harness": job.harness,
        "files": [
            {
                "name": path.name,
                "bytes": path.stat().st_size,
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
            for path in paths
        ],
        "rename": dict(job.rename),
        "common": job.common,
        "notes": list(notes),
        "host": host_facts(),
    }


def config_text(job: CapabilityJob, table: Path) -> str:
    """Return the configuration file that names `table`."""
    files = "file" if len(job.files) == 1 else "files"
    benchmarks = "benchmarks that every model has" if job.common else "all benchmarks"
    content = {
        "name": job.name,
        "source": (
            f"computed by culture-ray from {job.harness}'s result {files} "
            f"{', '.join(path.name for path in job.files)}: mean of {benchmarks} in a language"
        ),
        "table": table.name,
    }
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
    comment = f"# Written by culture-ray capability; sources: {job.name}.provenance.json."
    return f"# @package capability\n{comment}\n{text}"


def csv_text(table: pa.Table) -> str:
    """Return a table as CSV."""
    sink = io.BytesIO()
    pa.csv.write_csv(table, sink, pa.csv.WriteOptions(quoting_style="needed"))
    return sink.getvalue().decode()
