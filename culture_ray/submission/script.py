"""The batch script of a job: Slurm options, environment settings, and slurm/sweep.sbatch."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import culture_ray
from culture_ray.submission.sizing import Job
from culture_ray.sweep.plan.cluster import HeadNode, Slurm

SCRIPT, SETUP, CHAIN = "sweep.sbatch", "setup.sh", "chain"


def slurm_folder() -> Path:
    """Return the folder of the shell files, in a clone or in an installed wheel."""
    package = Path(culture_ray.__file__).parent
    installed = package / "_slurm"
    return installed if installed.is_dir() else package.parent / "slurm"


def batch_script(
    job: Job,
    slurm: Slurm,
    name: str,
    folder: Path,
    words: Sequence[str],
    mounted: Sequence[Path] = (),
) -> str:
    """Return the text of the batch script.

    `folder` holds the script, its setup file and its logs; `words` are the arguments of
    `culture-ray sweep`. A container mounts the results folder and the folders `mounted`.
    """
    body = (slurm_folder() / SCRIPT).read_text(encoding="utf-8").splitlines()
    shebang, rest = body[0], [line for line in body[1:] if not line.startswith("#SBATCH")]
    lines = [shebang, *(f"#SBATCH {option}" for option in _options(job, slurm, name, folder))]
    lines += [f"export {key}={value}" for key, value in _settings(slurm, folder, mounted)]
    if slurm.gpu_option == "none" and job.gpus_per_node:
        lines.append("export CULTURE_RAY_GPUS=count")
    if not slurm.setup and slurm.container is None:
        # The job uses the submitting environment, whether it is activated or not.
        lines.append(f"export PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH")
    lines += [f"set -- {shlex.join(words)}", *rest]
    return "\n".join(lines) + "\n"


def setup_script(slurm: Slurm) -> str:
    """Return the text of the setup file, which a job sources first."""
    return "".join(f"{line}\n" for line in slurm.setup)


def gpu_request(job: Job, slurm: Slurm) -> dict[str, str]:
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


def _options(job: Job, slurm: Slurm, name: str, folder: Path) -> Iterator[str]:
    yield f"--job-name=culture-ray-{name}"
    yield f"--output={folder}/%j.log"
    yield "--open-mode=append"
    yield "--requeue"
    yield f"--time={job.minutes}"
    yield f"--signal=B:USR2@{slurm.drain_s}"
    for key, value in (("account", slurm.account), ("qos", slurm.qos)):
        if value is not None:
            yield f"--{key}={value}"
    if job.head is not None:
        yield from _head(job.head, slurm)
        yield "hetjob"
    yield from _nodes(job, slurm)


def _head(head: HeadNode, slurm: Slurm) -> Iterator[str]:
    yield from _resources(1, head.cpus, head.memory_gib, head.partition or slurm.partition)
    yield from _extra_options(head.options)


def _nodes(job: Job, slurm: Slurm) -> Iterator[str]:
    partition, options = slurm.partition, slurm.options
    if slurm.head is not None and not job.gpus_per_node:
        partition, options = slurm.head.partition or partition, slurm.head.options
    memory = job.memory_gib_per_node
    if memory is None and job.head is not None:
        memory = 0.0  # all memory of a node; otherwise Slurm would apply the head's --mem
    yield from _resources(job.nodes, job.cpus_per_node, memory, partition)
    if job.gpus_per_node:
        yield from (f"--{name}={value}" for name, value in gpu_request(job, slurm).items())
    yield from _extra_options(options)


def _resources(nodes: int, cpus: int, memory: float | None, partition: str | None) -> Iterator[str]:
    if partition is not None:
        yield f"--partition={partition}"
    yield f"--nodes={nodes}"
    yield "--ntasks-per-node=1"
    yield f"--cpus-per-task={cpus}"
    if memory is not None:
        yield f"--mem={memory:g}G" if memory else "--mem=0"


def _extra_options(options: Mapping[str, str | int]) -> Iterator[str]:
    for key, option in options.items():
        yield f"--{key}={option}" if str(option) else f"--{key}"


def _settings(slurm: Slurm, folder: Path, mounted: Sequence[Path]) -> Iterator[tuple[str, str]]:
    yield "CULTURE_RAY_SLURM", shlex.quote(str(slurm_folder()))
    yield "CULTURE_RAY_FOLDER", shlex.quote(str(folder))
    yield "CULTURE_RAY_CHAIN", shlex.quote(str(folder / CHAIN))
    yield "CULTURE_RAY_WAIT_S", str(slurm.wait_s)
    yield "CULTURE_RAY_LOGS", shlex.quote(str(folder.parent / "logs"))
    if slurm.address is not None:
        yield "CULTURE_RAY_ADDRESS", shlex.quote(slurm.address)
    if slurm.setup:
        yield "CULTURE_RAY_SETUP", shlex.quote(str(folder / SETUP))
    if slurm.scratch is not None:
        yield "CULTURE_RAY_SCRATCH", _with_variables(slurm.scratch)
    if slurm.container is not None:
        yield "CULTURE_RAY_RUNNER", _with_variables(slurm.container)
        yield "CULTURE_RAY_BIND", shlex.quote(",".join(map(str, (folder.parents[1], *mounted))))


def _with_variables(text: str) -> str:
    """Return a quoted shell word in which variables such as $USER are expanded in the job."""
    escaped = re.sub(r'[\\"`]|\$(?![A-Za-z_{])', r"\\\g<0>", text)
    return f'"{escaped}"'
