"""The batch script of a job: options from the plan, settings, then slurm/sweep.sbatch as it is."""

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
    """Return the folder of the shell files, in a clone and in an installed wheel."""
    package = Path(culture_ray.__file__).parent
    installed = package / "_slurm"
    return installed if installed.is_dir() else package.parent / "slurm"


def batch_script(
    job: Job,
    slurm: Slurm,
    name: str,
    folder: Path,
    words: Sequence[str],
    beside: Sequence[Path] = (),
) -> str:
    """Return the text of the batch script.

    `folder` is where the script, its setup file and its logs lie; `words` is what
    `culture-ray sweep` takes. A container has to see the folders `beside` that of the results.
    """
    body = (slurm_folder() / SCRIPT).read_text(encoding="utf-8").splitlines()
    shebang, rest = body[0], [line for line in body[1:] if not line.startswith("#SBATCH")]
    lines = [shebang, *(f"#SBATCH {option}" for option in _options(job, slurm, name, folder))]
    lines += [f"export {key}={value}" for key, value in _settings(slurm, folder, beside)]
    if not slurm.setup and slurm.container is None:
        # The environment that submits is the one that runs, activated or not.
        lines.append(f"export PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH")
    lines += [f"set -- {shlex.join(words)}", *rest]
    return "\n".join(lines) + "\n"


def setup_script(slurm: Slurm) -> str:
    """Return the text of the file that a job sources first."""
    return "".join(f"{line}\n" for line in slurm.setup)


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
    yield from _places(1, head.cpus, head.memory_gib, head.partition or slurm.partition)
    yield from _others(head.options)


def _nodes(job: Job, slurm: Slurm) -> Iterator[str]:
    partition, options = slurm.partition, slurm.options
    if slurm.head is not None and not job.gpus_per_node:
        partition, options = slurm.head.partition or partition, slurm.head.options
    memory = job.memory_gib_per_node
    if memory is None and job.head is not None:
        memory = 0.0  # all of a node's: Slurm would take the head's, which comes first
    yield from _places(job.nodes, job.cpus_per_node, memory, partition)
    if job.gpus_per_node:
        kind = f"{slurm.gpu_type}:" if slurm.gpu_type else ""
        yield f"--gpus-per-node={kind}{job.gpus_per_node}"
    yield from _others(options)


def _places(nodes: int, cpus: int, memory: float | None, partition: str | None) -> Iterator[str]:
    if partition is not None:
        yield f"--partition={partition}"
    yield f"--nodes={nodes}"
    yield "--ntasks-per-node=1"
    yield f"--cpus-per-task={cpus}"
    if memory is not None:
        yield f"--mem={memory:g}G" if memory else "--mem=0"


def _others(options: Mapping[str, str | int]) -> Iterator[str]:
    for key, option in options.items():
        yield f"--{key}={option}" if str(option) else f"--{key}"


def _settings(slurm: Slurm, folder: Path, beside: Sequence[Path]) -> Iterator[tuple[str, str]]:
    yield "CULTURE_RAY_SLURM", shlex.quote(str(slurm_folder()))
    yield "CULTURE_RAY_FOLDER", shlex.quote(str(folder))
    yield "CULTURE_RAY_CHAIN", shlex.quote(str(folder / CHAIN))
    yield "CULTURE_RAY_WAIT_S", str(slurm.wait_s)
    if slurm.setup:
        yield "CULTURE_RAY_SETUP", shlex.quote(str(folder / SETUP))
    if slurm.scratch is not None:
        yield "CULTURE_RAY_SCRATCH", _with_variables(slurm.scratch)
    if slurm.container is not None:
        yield "CULTURE_RAY_RUNNER", _with_variables(slurm.container)
        yield "CULTURE_RAY_BIND", shlex.quote(",".join(map(str, (folder.parents[1], *beside))))


def _with_variables(text: str) -> str:
    """Return a word of shell in which $USER stands for what it is where the job runs."""
    escaped = re.sub(r'[\\"`]|\$(?![A-Za-z_{])', r"\\\g<0>", text)
    return f'"{escaped}"'
