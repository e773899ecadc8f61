"""A benchmark of 14,042 items in 42 languages: read, counted and cut into units, for a plan."""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import yaml

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.benchmarks.items.read import read_items
from culture_ray.engines.model import Model
from culture_ray.plan.benchmarks.units import benchmark_units
from culture_ray.plan.benchmarks.workload import benchmark_plans, benchmark_tokens
from culture_ray.plan.tokens import TokenCounter
from culture_ray.store.run_directory import RunDirectory
from tests.bench.figure import Figure

ITEMS, LANGUAGES = 14_042, 42
_FILE = Path(__file__).resolve().parents[2] / "conf" / "benchmark" / "global_mmlu.yaml"


def figures() -> Iterator[Figure]:
    """Yield the time to plan the benchmark and to cut one model's units, and the peak memory."""
    content = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    content["items"]["per_group"] = None
    del content["items"]["keep"]
    del content["scores"]["contrasts"]
    benchmark = Benchmark.from_mapping("large", content)
    model = Model(engine="vllm", family="f", source="org/model")
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder), list(benchmark.languages.values()))
        began = time.perf_counter()
        items = read_items(benchmark, list(benchmark.languages), [Path(folder)], seed=1)
        benchmark_plans({"large": items})
        benchmark_tokens({"large": items}, model, TokenCounter(model, {}))
        planned = time.perf_counter()
        run = RunDirectory(Path(folder) / "run")
        units = sum(1 for _ in benchmark_units(run, items, {"m": model}, 256))
        cut = time.perf_counter()
    name = f"benchmark of {ITEMS:,} items x {LANGUAGES} languages"
    yield Figure(f"{name}: plan", planned - began, "s", 15.0, "lower")
    yield Figure(f"{name}: {units:,} units of a model", cut - planned, "s", better="lower")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    yield Figure(f"{name}: peak memory", peak, "GiB", 8.0, "lower")


def _write(folder: Path, languages: list[str]) -> None:
    numbers = range(ITEMS)
    for language in languages:
        columns = {
            "sample_id": [f"subject_{n % 57}/test/{n}" for n in numbers],
            "subject": [f"subject_{n % 57}" for n in numbers],
            "question": [f"{language}: what follows from premise {n}? " * 4 for n in numbers],
            **{
                f"option_{letter}": [f"{language} conclusion {letter} of {n}" for n in numbers]
                for letter in "abcd"
            },
            "answer": ["ABCD"[n % 4] for n in numbers],
            "cultural_sensitivity_label": [("CS", "CA", "-")[n % 3] for n in numbers],
        }
        (folder / language).mkdir()
        table = pa.table({name: pa.array(values) for name, values in columns.items()})
        pa.parquet.write_table(table, folder / language / "test-00000-of-00001.parquet")
