"""The batch script of a job: options from the plan, settings, then slurm/sweep.sbatch as it is."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import culture_ray
from culture_ray.submission.sizing import Job
from culture_ray.sweep.cluster import Slurm

SCRIPT, SETUP, CHAIN = "sweep.sbatch", "setup.sh", "chain"


def slurm_folder() -> Path:
    """Return the folder of the shell files, in a clone and in an installed wheel."""
    package = Path(culture_ray.__file__).parent
    installed = package / "_slurm"
    return installed if installed.is_dir() else package.parent / "slurm"


def batch_script(job: Job, slurm: Slurm, name: str, folder: Path, words: Sequence[str]) -> str:
    """Return the text of the batch script.

    `folder` is where the script, its setup file and its logs lie; `words` is what
    `culture-ray sweep` takes.
    """
    body = (slurm_folder() / SCRIPT).read_text(encoding="utf-8").splitlines()
    shebang, rest = body[0], [line for line in body[1:] if not line.startswith("#SBATCH")]
    lines = [shebang, *(f"#SBATCH {option}" for option in _options(job, slurm, name, folder))]
    lines += [f"export {key}={shlex.quote(value)}" for key, value in _settings(slurm, folder)]
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
    if slurm.head is not None:
        if (head := slurm.head.partition or slurm.partition) is not None:
            yield f"--partition={head}"
        yield "--nodes=1"
        yield "--ntasks-per-node=1"
        yield f"--cpus-per-task={slurm.head.cpus}"
        yield f"--mem={slurm.head.memory_gib:g}G"
        yield "hetjob"
    if slurm.partition is not None:
        yield f"--partition={slurm.partition}"
    yield f"--nodes={job.nodes}"
    yield "--ntasks-per-node=1"
    yield f"--cpus-per-task={job.cpus_per_node}"
    if job.memory_gib_per_node is not None:
        yield f"--mem={job.memory_gib_per_node:g}G"
    if job.gpus_per_node:
        kind = f"{slurm.gpu_type}:" if slurm.gpu_type else ""
        yield f"--gpus-per-node={kind}{job.gpus_per_node}"
    for key, option in slurm.options.items():
        yield f"--{key}={option}" if str(option) else f"--{key}"


def _settings(slurm: Slurm, folder: Path) -> Iterator[tuple[str, str]]:
    values: dict[str, str | None] = {
        "CULTURE_RAY_SLURM": str(slurm_folder()),
        "CULTURE_RAY_FOLDER": str(folder),
        "CULTURE_RAY_CHAIN": str(folder / CHAIN),
        "CULTURE_RAY_SETUP": str(folder / SETUP) if slurm.setup else None,
        "CULTURE_RAY_SCRATCH": slurm.scratch,
        "CULTURE_RAY_RUNNER": slurm.container,
        "CULTURE_RAY_WAIT_S": str(slurm.wait_s),
    }
    for key, value in values.items():
        if value is not None:
            yield key, value
