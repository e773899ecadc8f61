"""Realistic sweeps, for the simulator's tests and its table in the benchmarks."""

from __future__ import annotations

import random
from dataclasses import replace

from culture_ray.engines.model import Model
from culture_ray.engines.model_shape import Architecture
from culture_ray.plan.replica_size import with_its_size
from culture_ray.sweep.execute.placement import need, spec_of
from culture_ray.sweep.plan.cluster import H100, Cluster
from culture_ray.sweep.plan.estimate import estimate
from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.records import ModelSpec
from culture_ray.sweep.schedule.scenario import Scenario, SimulatedModel

NODE = Resources(gpus=8, cpus=128)
HOUR = 3600.0
UNIT = 256
TOKENS = 500.0


def sweep_of(
    models: int, gpus: int, units_per_replica: int, seed: int, dying: float = 0.01
) -> Scenario:
    """Return about an hour of models of all sizes on `gpus` GPUs, eight to a machine.

    Work is log-normal over models, a quarter of them need two or four GPUs, loading takes 30 to
    180 s, and the policy's estimates of rates and loading are off by a third.
    """
    chance = random.Random(seed)
    shares = [chance.lognormvariate(0.0, 0.8) for _ in range(models)]
    made = []
    for index, share in enumerate(shares):
        tp = chance.choice((1, 1, 1, 2, 4))
        work_s = share / sum(shares) * gpus * HOUR * 0.92 / tp
        units = max(1, round(work_s / (HOUR / units_per_replica)))
        pace = units * UNIT * TOKENS / work_s
        made.append(one(f"m{index}", units, tp, pace, chance.uniform(30.0, 180.0), chance=chance))
    nodes = [NODE] * (gpus // 8)
    return Scenario(f"{models} models, {gpus} GPUs", nodes, made, seed, dying=dying)


def one(
    name: str,
    units: int,
    gpus: int = 1,
    pace: float = 4000.0,
    load_s: float = 90.0,
    latency_s: float = 20.0,
    chance: random.Random | None = None,
    poison: tuple[int, ...] = (),
) -> SimulatedModel:
    """Return a model of units of 256 requests; `chance` puts its estimates off by a third."""
    off = [chance.lognormvariate(0.0, 0.3) if chance else 1.0 for _ in range(2)]
    spec = ModelSpec(
        name, Resources(gpus, gpus), 256, load_s=load_s * off[0], tokens_per_s=pace * off[1]
    )
    return SimulatedModel(spec, units, UNIT, TOKENS, load_s, pace, latency_s, poison)


def realistic() -> list[Scenario]:
    """Return twelve sweeps that users have, each of minutes to hours."""
    gemma = [one("2b", 100, 1, 12000.0, 40.0), one("9b", 100, 1, 4000.0, 70.0),
             one("27b", 100, 2, 2600.0, 120.0)]  # fmt: skip
    many = [one(f"m{i}", 20 + 7 * i % 50, 1, 2000.0 + 200.0 * i) for i in range(40)]
    return [
        Scenario("one model, one GPU", [Resources(1, 8)], [one("9b", 60)]),
        Scenario("the paper's Gemma family, 4 GPUs", [Resources(4, 32)], gemma),
        Scenario("40 models, 4 GPUs", [Resources(4, 32)], many),
        Scenario("40 models, 400 GPUs", [NODE] * 50, [
            one(m.spec.name, 20 * m.units, 1, m.tokens_per_s) for m in many]),
        Scenario("one giant beside 30 small, 64 GPUs", [NODE] * 8, [
            one("giant", 600, 8, 1500.0, 300.0), *(one(f"s{i}", 120) for i in range(30))]),
        Scenario("a model over two machines", [NODE] * 4, [
            one("405b", 60, 16, 800.0, 600.0), *(one(f"s{i}", 100) for i in range(6))]),
        Scenario("loading takes as long as asking", [NODE] * 4, [
            one(f"m{i}", 4, 1, 8000.0, 120.0) for i in range(64)]),
        Scenario("a machine leaves, two join", [NODE] * 3, [one(f"m{i}", 200) for i in range(12)],
                 joining=[(600.0, NODE), (1200.0, NODE)], leaving=[900.0]),
        Scenario("one replica in twenty five times slower", [NODE] * 4,
                 [one(f"m{i}", 300) for i in range(10)], 3, slow=0.05),
        Scenario("one replica in ten dies", [NODE] * 4, [one(f"m{i}", 300) for i in range(10)], 4,
                 dying=0.1),
        Scenario("two poison requests", [NODE] * 2, [
            one("bad", 200, poison=(3, 90)), *(one(f"m{i}", 200) for i in range(4))]),
        Scenario("beliefs off by a third, paces vary", [NODE] * 8, [
            one(f"m{i}", 200 + 10 * i, 1 + i % 2, chance=random.Random(i)) for i in range(20)],
            5, speed_sd=0.1),
    ]  # fmt: skip


START_S, COMPILE_S, READ_GIB_S = 90.0, 20.0, 1.0
"""Seconds to start an engine, as in conf/cluster; of these, seconds to compile what no cache has
(15 to 27 s in vLLM's own logs: its pull requests 10941 and 11005); GiB/s of a file system."""

H100_NODE = Cluster(gpu=H100, gpus_per_node=8)
_SHAPES = {
    "gemma_2_2b": (2.614e9, Architecture(26, 2304, 8, 4, 256, 256000)),
    "gemma_2_9b": (9.241e9, Architecture(42, 3584, 16, 8, 256, 256000)),
    "gemma_2_27b": (2.7227e10, Architecture(46, 4608, 32, 16, 128, 256000)),
    "olmo_2_7b": (7.299e9, Architecture(32, 4096, 32, 32, 128, 100352)),
    "olmo_2_13b": (1.3716e10, Architecture(40, 5120, 40, 40, 128, 100352, divided=(13824,))),
    "olmo_2_32b": (3.2234e10, Architecture(64, 5120, 40, 8, 128, 100352, divided=(27648,))),
}


def paper(gpus: int, *, looks_ahead: bool = True, shares_kernels: bool = True) -> Scenario:
    """Return the published study's open models on H100s, judged by Gemma-2 27B.

    1,200 prompts per model with responses of up to 600 tokens, and 7,200 judgements of 160; sizes,
    rates and times to load are those of a plan.
    """
    cluster = replace(H100_NODE, gpus_per_node=gpus)
    asked = [_planned(name, 1200, 60.0, 600.0, cluster) for name in _SHAPES]
    judged = _planned("gemma_2_27b", 7200, 1000.0, 160.0, cluster)
    node = Resources(gpus=gpus, cpus=16.0 * gpus)
    return Scenario(
        f"the paper's open models, {gpus} GPUs", [node], asked, then=[judged],
        looks_ahead=looks_ahead, shares_kernels=shares_kernels,
    )  # fmt: skip


def _planned(
    name: str, requests: int, prompt: float, output: float, cluster: Cluster
) -> SimulatedModel:
    """Return a model as a plan sizes it, in units of 64 requests."""
    parameters, shape = _SHAPES[name]
    model = with_its_size(
        name,
        Model("vllm", "", name, parameters=parameters, architecture=shape, choose_gpus=True),
        prompt, output, 1, cluster,
    )  # fmt: skip
    planned = estimate(model, requests, prompt * requests, output * requests, cluster)
    assert planned.expected is not None
    assert model.weight_gib is not None
    read_s = model.weight_gib / READ_GIB_S
    spec = replace(spec_of(name, model, cluster, planned.expected), need=need(model))
    at_once = model.engine_args["max_num_seqs"]
    latency_s = output * at_once / planned.expected
    return SimulatedModel(
        spec, -(-requests // 64), 64, output, START_S + read_s, planned.expected, latency_s,
        read_s=read_s, compile_s=COMPILE_S,
    )  # fmt: skip
