"""Resources of a replica, and its rate and load time as the policy knows them before it runs."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

from culture_ray.engines.model import Model
from culture_ray.sweep.execute.placement import environment, spec_of
from culture_ray.sweep.plan.cluster import Cluster


def test_names_in_braces_stand_for_this_machines_python_and_cores() -> None:
    given = {"LIB": "{prefix}/lib", "BIND": "{cpus}", "THREADS": "{cores}", "PLAIN": "1"}
    found = environment(Model("vllm", "mine", "me/mine", env=given))
    cpus = [int(cpu) for cpu in found["BIND"].split(",")]
    assert set(cpus) == os.sched_getaffinity(0)
    assert found["THREADS"] == str(len(cpus))
    assert (found["LIB"], found["PLAIN"]) == (f"{sys.prefix}/lib", "1")
    assert found["VLLM_NO_USAGE_STATS"] == "1"


def test_a_plans_rate_and_times_to_load_replace_the_guess_for_models_on_gpus() -> None:
    cluster = Cluster(start_s=60.0, read_gib_s=2.0)
    model = Model("vllm", "f", "org/m", parameters=2**31)  # 4 GiB
    planned = spec_of("m", model, cluster, 9000.0)
    assert (planned.load_s, planned.tokens_per_s) == (62.0, 9000.0)
    assert spec_of("m", model, cluster, None) == spec_of("m", model)
    on_cpu = replace(model, gpus_per_replica=0)
    assert spec_of("m", on_cpu, cluster, 9000.0) == spec_of("m", on_cpu)
