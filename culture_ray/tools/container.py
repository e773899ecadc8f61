"""Recipes of a container with this package, for the runtimes that clusters have."""

from __future__ import annotations

FORMATS = ("apptainer", "containerfile")
"""Apptainer and Singularity build from the first; Podman, Docker and Enroot from the second."""

_SYSTEM = "gcc g++ libnuma1 procps iproute2"
"""Debian packages: Triton compiles at run time, and the job's scripts look at processes and
networks."""


def recipe(form: str, python: str, wheels: str, base: str | None = None) -> str:
    """Return the text of a recipe in one of FORMATS.

    `wheels` is the folder that `culture-ray fetch --wheels` has written, with the wheels of the
    lock and of this package; `python` is the version that they are for, such as 3.12. `base`
    replaces the base image, which then has to have that Python and pip.
    """
    image = base or f"docker.io/library/python:{python}-slim-bookworm"
    system = [
        "apt-get update",
        f"apt-get install --yes --no-install-recommends {_SYSTEM}",
        "rm -rf /var/lib/apt/lists/*",
    ]
    install = [
        "python -m pip install --no-cache-dir --no-index --no-deps /wheels/*.whl",
        "rm -rf /wheels",
        "culture-ray --version",
    ]
    steps = [*([] if base else system), *install]
    if form == "containerfile":
        lines = [f"FROM {image}", f"COPY {wheels} /wheels"]
        if not base:
            lines.append(f"RUN {' && '.join(system)}")
        return "\n".join([*lines, f"RUN {' && '.join(install)}", ""])
    lines = ["Bootstrap: docker", f"From: {image.removeprefix('docker.io/')}", "", "%files"]
    lines += [f"    {wheels} /wheels", "", "%post", "    set -e"]
    return "\n".join([*lines, *(f"    {step}" for step in steps), ""])
