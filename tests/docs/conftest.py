"""An analysed run, made without models."""

from __future__ import annotations

from pathlib import Path

import pytest

from culture_ray.run.ground_truth import ground_truth_of
from culture_ray.stages.context import RunContext
from culture_ray.stages.measure.measure import measure
from culture_ray.stages.regress.regress import regress
from culture_ray.stages.report.population_ceiling import write_population_ceiling
from tests.docs.prepared import run_to_read


@pytest.fixture(scope="session")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a measured and regressed run: two judges, two protocols."""
    settings = run_to_read(
        tmp_path_factory.mktemp("docs") / "results",
        "judge=[gemma_3_270m,gemma_2_9b]",
        "model=[gemma_2_2b,gemma_2_9b]",
    )
    measure(RunContext(settings))
    regress(RunContext(settings))
    write_population_ceiling(settings.run, ground_truth_of(settings))
    return settings.run.folder
