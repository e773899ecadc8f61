"""The batch script of a job: Slurm options, environment settings, and slurm/sweep.sbatch."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import culture_ray
from culture_ray.submission.chain import CHAIN
from culture_ray.submission.environment import kept_variables
from culture_ray.submission.options import job_options, option_lines
from culture_ray.submission.sizing import Job
from culture_ray.submission.submitted_command import COMMAND, SCRIPT
from culture_ray.sweep.plan.cluster import Slurm

SETUP = "setup.sh"


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
    command: str = "",
    environment: Mapping[str, str] | None = None,
    chain: Path | None = None,
    *,
    ray: bool = True,
) -> str:
    """Return the text of the batch script.

    `folder` holds the script, its setup file and its logs; `words` are the arguments of
    `culture-ray sweep`. A container mounts the results folder and the folders `mounted`.
    `command` resumes the run, and `environment` is where `submit` was called. `chain` has the ids
    of the part's jobs, in a run of several parts. Without `ray` the job starts none. Raises
    WrongValue for an option of the cluster's file that a job cannot have.
    """
    body = (slurm_folder() / SCRIPT).read_text(encoding="utf-8").splitlines()
    shebang, rest = body[0], [line for line in body[1:] if not line.startswith("#SBATCH")]
    parts = job_options(job, slurm, name, folder)
    options = "\nhetjob\n".join("\n".join(option_lines(part)) for part in parts).splitlines()
    lines = [shebang, *(f"#SBATCH {option}" for option in options)]
    own = not slurm.setup and slurm.container is None
    kept = kept_variables(environment or {}, own=own)
    settings = [*_settings(slurm, folder, mounted, chain)]
    settings += [(key, shlex.quote(value)) for key, value in kept.items()]
    settings += [] if ray else [("CULTURE_RAY_NO_RAY", "1")]
    settings += [(COMMAND, shlex.quote(command))] if command else []
    if slurm.gpu_option == "none" and job.gpus_per_node:
        settings.append(("CULTURE_RAY_GPUS", "count"))
    lines += [f"export {key}={value}" for key, value in settings]
    if slurm.container is None:
        # The submitting environment, whether it is activated or not; setup lines may put another
        # one before it.
        lines.append(f"export PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH")
    lines += [f"set -- {shlex.join(words)}", *rest]
    return "\n".join(lines) + "\n"


def setup_script(slurm: Slurm) -> str:
    """Return the text of the setup file, which a job sources first."""
    return "".join(f"{line}\n" for line in slurm.setup)


def _settings(
    slurm: Slurm, folder: Path, mounted: Sequence[Path], chain: Path | None
) -> Iterator[tuple[str, str]]:
    yield "CULTURE_RAY_SLURM", shlex.quote(str(slurm_folder()))
    yield "CULTURE_RAY_FOLDER", shlex.quote(str(folder))
    yield "CULTURE_RAY_CHAIN", shlex.quote(str(chain or folder / CHAIN))
    if chain is not None:
        yield "CULTURE_RAY_RUN_CHAIN", shlex.quote(str(folder / CHAIN))
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
