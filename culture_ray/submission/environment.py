"""Environment of a job: what `sbatch` passes on, and what the script states itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from culture_ray.engines.model import Model
from culture_ray.errors import WrongValue
from culture_ray.submission.options import Options

_PATHS = (
    "HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "CULTURE_RAY_CONF", "CULTURE_RAY_CACHE",
    "XDG_CACHE_HOME",
)  # fmt: skip
"""Folders that the job reads; a relative one is meant from where `submit` was called."""

_WORDS = (
    "HF_HUB_OFFLINE", "HF_ENDPOINT", "OPENAI_BASE_URL", "https_proxy", "HTTPS_PROXY", "http_proxy",
    "HTTP_PROXY", "no_proxy", "NO_PROXY",
)  # fmt: skip

_OF_PYTHON = ("PYTHONPATH", "LD_LIBRARY_PATH")
"""Variables of the Python that submits; setup lines and containers bring their own."""

_VARIABLES = {"time": "SBATCH_TIMELIMIT", "mem": "SBATCH_MEM_PER_NODE"}
"""Variables of sbatch that are not named after their option."""

_RIVALS = {
    "cpus-per-task": ("cpus-per-gpu",),
    "mem": ("mem-per-cpu", "mem-per-gpu"),
    "mem-per-cpu": ("mem", "mem-per-gpu"),
    "mem-per-gpu": ("mem", "mem-per-cpu"),
    "gpus-per-node": ("gpus", "gpus-per-task", "gres"),
    "gres": ("gpus", "gpus-per-node"),
    "requeue": ("no-requeue",),
    "no-requeue": ("requeue",),
}
"""Options that contradict one of the script's when a variable adds them."""


def kept_variables(environment: Mapping[str, str], *, own: bool) -> dict[str, str]:
    """Return the variables that a script states, since `sbatch` may pass none on.

    None of them is a secret: keys are left out, and so are addresses with a password in them. With
    `own` the job runs the Python that submits, with its search paths.
    """
    found = {}
    for name in _PATHS:
        if value := environment.get(name):
            found[name] = str(Path(value).expanduser().absolute())
    for name in (*_WORDS, *(_OF_PYTHON if own else ())):
        value = environment.get(name)
        if value and not re.search(r"//[^/]*@", value):
            found[name] = value
    return found


def submitting_environment(
    parts: Sequence[Options], environment: Mapping[str, str]
) -> dict[str, str]:
    """Return the environment for `sbatch`: variables that would override the script are left out.

    SBATCH_TIMELIMIT and its kind count for more than a script's own lines.
    """
    left_out = set()
    for options in parts:
        for name in options:
            for option in (name, *_RIVALS.get(name, ())):
                default = f"SBATCH_{option.upper().replace('-', '_')}"
                left_out.add(_VARIABLES.get(option, default))
            if name == "clusters":
                left_out.add("SLURM_CLUSTERS")
    return {name: value for name, value in environment.items() if name not in left_out}


def exported_names(options: Options, environment: Mapping[str, str]) -> set[str] | None:
    """Return the names of the variables that `sbatch` passes on; None if it is all of them."""
    text = options.get("export") or environment.get("SBATCH_EXPORT") or "ALL"
    names = {word.strip().partition("=")[0] for word in text.split(",")}
    return None if "ALL" in {name.upper() for name in names} else names


def key_notices(
    models: Mapping[str, Model], passed: set[str] | None, setup: Sequence[str]
) -> Iterator[str]:
    """Yield a line for each key of an API model that a job may lack.

    Raises WrongValue if a setup line, which is copied into the run directory, holds a key, or if
    it reads one from a file that others can read.
    """
    variables = {name for m in models.values() if m.is_api for name in m.api.key_variables}
    for variable in sorted(variables):
        in_file = _check_setup(variable, setup)
        if passed is not None and variable not in passed and not in_file:
            yield (
                f"{variable} is not passed to the job, since sbatch exports "
                f"{', '.join(sorted(passed))}: write `export {variable}=...` into a file of mode "
                f"600 and add `source FILE` to cluster.slurm.setup, or add {variable} to "
                f"cluster.slurm.options.export"
            )


def _check_setup(variable: str, setup: Sequence[str]) -> bool:
    """Return True if a file that a setup line names sets the variable."""
    found = False
    for line in setup:
        if re.search(rf"\b{variable}=['\"]?[\w-]", line):
            raise WrongValue(
                "cluster.slurm.setup",
                f"{variable}=...",
                f"no key in it, since it is copied into the run directory: write it into a file "
                f"of mode 600 and add `source FILE`, or export {variable} before submit",
            )
        for name in re.findall(r"(?:^|[;&]\s*)(?:source|\.)\s+([^\s;&]+)", line):
            file = Path(name.strip("'\"")).expanduser()
            if not _sets(file, variable):
                continue
            if file.stat().st_mode & 0o077:
                raise WrongValue(
                    "cluster.slurm.setup",
                    line,
                    f"a file that only you can read, since it holds {variable}: chmod 600 {file}",
                )
            found = True
    return found


def _sets(file: Path, variable: str) -> bool:
    try:
        return f"{variable}=" in file.read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):
        return False
