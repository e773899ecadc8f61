"""An engine for benchmarks in tests, and settings with benchmarks of a test's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.engines.interface import Request, Response
from culture_ray.settings.run import Settings


class Answering:
    """An engine that repeats the end of the prompt, and fails at prompts that a test names."""

    in_flight = 8
    fails = ""

    def __init__(self, model: object) -> None:
        pass

    async def start(self) -> None:
        """Load nothing."""

    async def close(self) -> None:
        """Free nothing."""

    async def generate(self, request: Request) -> Response:
        """Return an answer that tells the request."""
        if self.fails and self.fails in request.system:
            return Response(request.request_id, None, "error", failure="ValueError: no")
        share = 1 / len(request.options) if request.options else 0.0
        return Response(
            request.request_id,
            f"on <{request.prompt[:12]}> as <{request.system[:40]}>",
            "stop",
            4,
            2,
            probabilities=(share,) * len(request.options) or None,
        )


def with_benchmarks(settings: Settings, folder: Path, **benchmarks: Mapping[str, Any]) -> Settings:
    """Return the settings with benchmarks whose files lie in a folder."""
    return replace(
        settings,
        benchmarks={n: Benchmark.from_mapping(n, own) for n, own in benchmarks.items()},
        benchmark_folders=(folder,),
    )
