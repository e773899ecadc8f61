"""Options of sbatch for a job: those of its size, and those of the cluster's file, which win."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from culture_ray.errors import WrongValue
from culture_ray.submission.sizing import Job
from culture_ray.sweep.plan.cluster import HeadNode, Slurm

Options = dict[str, str]
"""Values of long options by name; an empty value is a flag."""

_EXCLUSIVE = (
    ("cpus-per-task", "cpus-per-gpu"),
    ("mem", "mem-per-cpu", "mem-per-gpu"),
    ("requeue", "no-requeue"),
)
"""Options of which Slurm takes one of each row."""

_TASKS = ("ntasks-per-node", "ntasks", "ntasks-per-gpu")
"""Own options that replace the one task per node."""

_GPUS = ("gpus-per-node", "gpus", "gpus-per-task", "gpus-per-socket")
"""Own options that replace the computed number of GPUs, and so does a gres of GPUs."""

_SET_ELSEWHERE = {
    "array": "one run per submit, each with a name of its own",
    "chdir": "submit called from that folder",
    "dependency": "submit called once the other job has ended",
    "nodes": "cluster.slurm.nodes",
    "open-mode": "nothing: logs are appended to",
    "output": "nothing: the log is results/RUN/slurm/JOB.log",
    "parsable": "nothing: submit reads the job's id",
    "quiet": "nothing: submit reads the job's id",
    "signal": "cluster.slurm.drain_s",
    "test-only": "submit --dry-run",
    "time": "cluster.slurm.time_limit_hours",
    "wait": "culture-ray status run=RUN watch=true",
    "wrap": "cluster.slurm.setup",
}
"""Options that a job cannot have, and the setting to use instead."""

_FLAGS = frozenset(
    ("contiguous", "exclusive", "hold", "no-requeue", "overcommit", "oversubscribe", "reboot",
     "requeue", "spread-job", "use-min-nodes")
)  # fmt: skip
"""Options without a value, which a cluster's file may also write as true or false."""

_SHORT = {
    "A": "account", "C": "constraint", "D": "chdir", "G": "gpus", "J": "job-name", "L": "licenses",
    "M": "clusters", "N": "nodes", "a": "array", "c": "cpus-per-task", "d": "dependency",
    "e": "error", "n": "ntasks", "o": "output", "p": "partition", "q": "qos", "t": "time",
    "w": "nodelist", "x": "exclude",
}  # fmt: skip


def job_options(job: Job, slurm: Slurm, name: str, folder: Path) -> list[Options]:
    """Return the options of the parts of a job: one part, or the head and the GPU nodes.

    Raises WrongValue for an option that a job cannot have.
    """
    common = {
        "job-name": f"culture-ray-{name}",
        "output": f"{folder}/%j.log",
        "open-mode": "append",
        "requeue": "",
        "time": str(job.minutes),
        "signal": f"B:USR2@{slurm.drain_s}",
    }
    for key, value in (("account", slurm.account), ("qos", slurm.qos)):
        if value is not None:
            common[key] = value
    if job.head is None:
        return [merged({**common, **_nodes(job, slurm)}, node_options(job, slurm))]
    return [
        merged({**common, **_head(job.head, slurm)}, own_options(job.head.options, "head.")),
        merged(_nodes(job, slurm), node_options(job, slurm)),
    ]


def gpu_request(job: Job, slurm: Slurm) -> Options:
    """Return the option and its value; empty where the partition alone says which GPUs there are.

    `gpus` is a number for the whole job, the others for each node.
    """
    kind = f"{slurm.gpu_type}:" if slurm.gpu_type else ""
    match slurm.gpu_option:
        case "gpus-per-node":
            return {"gpus-per-node": f"{kind}{job.gpus_per_node}"}
        case "gres":
            return {"gres": f"gpu:{kind}{job.gpus_per_node}"}
        case "gpus":
            return {"gpus": f"{kind}{job.gpus_per_node * job.nodes}"}
        case "none":
            return {}


def own_options(options: Mapping[str, str | int], place: str = "") -> Options:
    """Return the options of a cluster's file by their long names; raises WrongValue."""
    found: Options = {}
    for key, value in options.items():
        name, text = key.lstrip("-"), str(value)
        name = _SHORT.get(name, name.replace("_", "-"))
        if name in _SET_ELSEWHERE:
            raise WrongValue(
                f"cluster.slurm.{place}options.{key}", value, f"instead {_SET_ELSEWHERE[name]}"
            )
        if name in _FLAGS and text.lower() in ("0", "false"):
            continue
        found[name] = "" if name in _FLAGS and text.lower() in ("1", "true") else text
    for group in _EXCLUSIVE:
        both = [name for name in group if name in found]
        if len(both) > 1:
            raise WrongValue(
                f"cluster.slurm.{place}options", ", ".join(both), "only one of these options"
            )
    return found


def node_options(job: Job, slurm: Slurm) -> Options:
    """Return the own options of the nodes: the head's, where a job without GPUs takes its place."""
    if slurm.head is not None and not job.gpus_per_node:
        return own_options(slurm.head.options, "head.")
    own = own_options(slurm.options)
    if job.gpus_per_node:
        return own
    return {name: value for name, value in own.items() if not _about_gpus(name, value)}


def merged(computed: Options, own: Options) -> Options:
    """Return computed options, replaced by own ones that say the same thing.

    Where own options ask for several tasks, they share the computed cores of a node.
    """
    replaced = set(own)
    for group in (*_EXCLUSIVE, _TASKS):
        replaced |= set(group) if set(group) & set(own) else set()
    if set(_GPUS) & set(own) or "gpu" in own.get("gres", ""):
        replaced |= {*_GPUS, "gres"}
    kept = {name: value for name, value in computed.items() if name not in replaced}
    if "cpus-per-task" in kept:
        tasks = _tasks_per_node(own, int(computed["nodes"]))
        kept["cpus-per-task"] = str(max(1, int(kept["cpus-per-task"]) // tasks))
    return kept | own


def _about_gpus(name: str, value: str) -> bool:
    return "gpu" in name or (name == "gres" and "gpu" in value)


def _tasks_per_node(own: Options, nodes: int) -> int:
    try:
        return int(own.get("ntasks-per-node") or -(-int(own.get("ntasks", nodes)) // nodes))
    except ValueError:  # Slurm says what is wrong with it
        return 1


def option_lines(options: Options) -> Iterator[str]:
    """Yield options as they stand on the lines of a script."""
    for name, value in options.items():
        yield f"--{name}={value}" if value else f"--{name}"


def _head(head: HeadNode, slurm: Slurm) -> Options:
    return _resources(1, head.cpus, head.memory_gib, head.partition or slurm.partition)


def _nodes(job: Job, slurm: Slurm) -> Options:
    partition = slurm.partition
    if slurm.head is not None and not job.gpus_per_node:
        partition = slurm.head.partition or partition
    memory = job.memory_gib_per_node
    if memory is None and job.head is not None:
        memory = 0.0  # all memory of a node; otherwise Slurm would apply the head's --mem
    found = _resources(job.nodes, job.cpus_per_node, memory, partition)
    if job.gpus_per_node:
        found |= gpu_request(job, slurm)
    return found


def _resources(nodes: int, cpus: int, memory: float | None, partition: str | None) -> Options:
    found = {} if partition is None else {"partition": partition}
    found |= {"nodes": str(nodes), "ntasks-per-node": "1", "cpus-per-task": str(cpus)}
    if memory is not None:
        found["mem"] = f"{memory:g}G" if memory else "0"
    return found
