"""Choice of where API models are asked from: the driver's own process, or processes of Ray's."""

from __future__ import annotations

from collections.abc import Iterable

from culture_ray.engines.api_replicas import requests_per_s
from culture_ray.engines.model import Model
from culture_ray.sweep.plan.cluster import Cluster

SENT_PER_S = 100.0
"""Requests per second that the driver sends beside its other work: half of what a process can."""


def one_process_suffices(together: Iterable[Iterable[Model]], cluster: Cluster) -> bool:
    """Return True if the driver's process is enough for models in groups asked one after the other.

    All have to be behind an API, without environment variables of their own, and the limits of each
    group within what one process sends; a replica of a model without limits may send as much. A
    cluster that is joined has processes already.
    """
    if cluster.address is not None or not cluster.share_process:
        return False
    groups = [list(models) for models in together]
    if not all(model.is_api and not model.env for models in groups for model in models):
        return False
    return all(sum(map(_most_per_s, models)) <= SENT_PER_S for models in groups)


def _most_per_s(model: Model) -> float:
    rate = requests_per_s(model.limits)
    return SENT_PER_S * model.replicas_at_most if rate is None else rate
