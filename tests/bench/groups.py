"""Groups of benchmarks: each is a module with `figures`, which is imported when it is run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module

from tests.bench.figure import Figure


@dataclass(frozen=True)
class Group:
    """Benchmarks that run together, in the order of their figures."""

    name: str
    module: str
    """Module below `tests.bench`."""
    measures: str
    minutes: float
    """Usual time on two cores."""

    def figures(self) -> Iterator[Figure]:
        """Run the benchmarks; yield each figure as it is measured."""
        yield from import_module(f"tests.bench.{self.module}").figures()


GROUPS = (
    Group("gpus", "cluster.gpus", "choices for models on GPUs, by a plan's arithmetic", 1),
    Group("schedule", "cluster.schedule", "simulated sweeps on up to 10,000 GPUs", 2),
    Group("files", "cluster.files", "shards of a large run", 1),
    Group("commands", "commands", "CPU time of commands at the prompt", 3),
    Group("analyse", "analyse", "analysis and report of six models", 2),
    Group("report", "report", "report of the paper's size", 2),
    Group("bootstrap", "statistics.bootstrap", "rounds of topics, beside plain polars", 1),
    Group("regression", "statistics.regression", "regression of up to 10,000 rows", 4),
    Group("large", "statistics.large", "200 models x 50 languages x 100 populations", 12),
    Group("scale", "scale", "plans, runs and labels of millions of requests", 6),
    Group("driver", "cluster.driver", "time of the driver per unit and per request", 2),
    Group("benchmarks", "benchmarks", "plan of a benchmark in 42 languages", 2),
    Group("benchmark_scores", "benchmark_scores", "scores of a benchmark in 42 languages", 2),
    Group("populations", "populations", "ground truth from a survey's file", 2),
    Group("spending", "spending", "limiter in simulated time, ledger on disk", 2),
    Group("rate_limits", "rate_limits", "rate limits used by 1 to 16 workers", 8),
    Group("peers", "peers", "sweeps beside curator, inspect_ai and a bare client", 15),
    Group("engine_rate", "engine_rate", "sweep of the embedded model over raw vLLM", 15),
)
"""All groups, in the order in which they run."""


def chosen(names: Sequence[str]) -> list[Group]:
    """Return the groups with these names, in order; all of them without names.

    Raises KeyError for an unknown name.
    """
    known = {group.name: group for group in GROUPS}
    return [known[name] for name in names] if names else list(GROUPS)
