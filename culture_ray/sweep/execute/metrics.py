"""Metrics of a sweep for Prometheus, through Ray; labelled by run and model.

Ray's agents export them where the extra `metrics` (ray[default]) is installed.
"""

from __future__ import annotations

from collections.abc import Mapping

from culture_ray.sweep.events import Counters


class Metrics:
    """Counters and gauges `culture_ray_*`, updated about once a second."""

    def __init__(self, run: str) -> None:
        from ray.util.metrics import Counter, Gauge

        labels = ("run", "model")
        self._run = run
        self._previous: dict[str, Counters] = {}
        self._requests = Counter("culture_ray_requests", "Requests answered.", labels)
        self._tokens = Counter("culture_ray_output_tokens", "Output tokens made.", labels)
        self._failed = Counter("culture_ray_failed_requests", "Requests without response.", labels)
        self._deaths = Counter("culture_ray_replica_deaths", "Replicas that died.", labels)
        self._in_flight = Gauge("culture_ray_in_flight", "Requests in engines now.", labels)
        self._replicas = Gauge("culture_ray_replicas", "Replicas that are ready.", labels)
        self._rate = Gauge("culture_ray_output_tokens_per_second", "Output tokens/s now.", labels)

    def tick(self, replicas: Mapping[str, tuple[str, Counters]], seconds: float) -> None:
        """Update from the counters of all ready replicas, `seconds` after the last update."""
        models: dict[str, list[str]] = {model: [] for model, _ in replicas.values()}
        for name, (model, _) in replicas.items():
            models[model].append(name)
        for model, names in models.items():
            tags = {"run": self._run, "model": model}
            now = [replicas[name][1] for name in names]
            before = [self._previous.get(name, Counters()) for name in names]
            tokens = [sum(c.output_tokens for c in counted) for counted in (now, before)]
            answered = [sum(c.requests for c in counted) for counted in (now, before)]
            self._in_flight.set(sum(c.in_flight for c in now), tags)
            self._replicas.set(len(names), tags)
            self._rate.set((tokens[0] - tokens[1]) / seconds if seconds else 0.0, tags)
            for counter, (total, counted_before) in (
                (self._tokens, tokens),
                (self._requests, answered),
            ):
                if total > counted_before:
                    counter.inc(total - counted_before, tags)
        self._previous |= {name: counters for name, (_, counters) in replicas.items()}

    def failed(self, model: str, requests: int) -> None:
        """Count requests without a response."""
        if requests:
            self._failed.inc(requests, {"run": self._run, "model": model})

    def died(self, model: str) -> None:
        """Count a replica that died."""
        self._deaths.inc(1, {"run": self._run, "model": model})
