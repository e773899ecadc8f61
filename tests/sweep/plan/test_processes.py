"""API models are asked from the driver's process where one is enough, and from Ray's elsewhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from culture_ray.engines.model import Model
from culture_ray.spending.limiter import Limits
from culture_ray.sweep.plan.cluster import Cluster
from culture_ray.sweep.plan.processes import SENT_PER_S, one_process_suffices

API = Model("openai", "openai", "gpt", gpus_per_replica=0)
BATCHED = Model("openai_batch", "openai", "gpt", gpus_per_replica=0)
HALF = Limits(requests_per_minute=SENT_PER_S / 2 * 60)
LOCAL = Model("vllm", "gemma", "g")


@pytest.mark.parametrize(
    ("models", "suffices"),
    [
        ([API], True),
        ([BATCHED], True),
        ([replace(API, most_replicas=2)], False),
        ([replace(BATCHED, most_replicas=2)], True),
        ([replace(API, limits=HALF)] * 2, True),
        ([replace(API, limits=HALF)] * 3, False),
        ([replace(API, limits=Limits(None, 1_000_000))], True),
        ([replace(API, limits=Limits(60_000))], False),
        ([replace(API, limits=Limits(60_000), most_replicas=1)], False),
        ([API, API], False),
        ([API, replace(API, limits=HALF)], False),
        ([replace(API, env={"HTTPS_PROXY": "http://proxy"})], False),
        ([replace(LOCAL, most_replicas=1)], False),
        ([API, LOCAL], False),
        ([], True),
    ],
)
def test_one_process_suffices_for_api_models_within_what_it_sends(
    models: list[Model], suffices: bool
) -> None:
    assert one_process_suffices([models], Cluster()) is suffices


@pytest.mark.parametrize(
    "cluster", [Cluster(address="10.0.0.1:6379"), Cluster(share_process=False)]
)
def test_a_cluster_that_is_joined_or_told_so_has_processes_of_its_own(cluster: Cluster) -> None:
    assert not one_process_suffices([[API]], cluster)


def test_models_that_are_asked_one_after_the_other_may_each_take_the_whole_process() -> None:
    assert one_process_suffices([[API], [API]], Cluster())
    assert not one_process_suffices([[API], [LOCAL]], Cluster())
    assert not one_process_suffices([[API], [API, API]], Cluster())
