"""What a replica is given: its environment."""

from __future__ import annotations

import os
import sys

from culture_ray.engines.model import Model
from culture_ray.sweep.execute.placement import environment


def test_names_in_braces_stand_for_this_machines_python_and_cores() -> None:
    given = {"LIB": "{prefix}/lib", "BIND": "{cpus}", "THREADS": "{cores}", "PLAIN": "1"}
    found = environment(Model("vllm", "mine", "me/mine", env=given))
    cpus = [int(cpu) for cpu in found["BIND"].split(",")]
    assert set(cpus) == os.sched_getaffinity(0)
    assert found["THREADS"] == str(len(cpus))
    assert (found["LIB"], found["PLAIN"]) == (f"{sys.prefix}/lib", "1")
    assert found["VLLM_NO_USAGE_STATS"] == "1"
