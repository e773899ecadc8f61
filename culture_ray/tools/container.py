"""Recipes of a container with this package, for the runtimes that clusters have."""

from __future__ import annotations

from collections.abc import Mapping

FORMATS = ("apptainer", "containerfile")
"""Apptainer and Singularity build from the first; Podman, Docker and Enroot from the second."""

_SYSTEM = "gcc g++ libnuma1 procps iproute2"
"""Debian packages: Triton compiles at run time, and the job's scripts look at processes and
networks."""


CLONE = ("pyproject.toml", "README.md", "LICENSE", "culture_ray", "conf", "slurm", "requirements")
"""Files and folders of a clone that the package is built from."""


def recipe(form: str, python: str, wheels: str, base: str | None = None) -> str:
    """Return the text of a recipe in one of FORMATS that installs saved wheels, without an index.

    `wheels` is the folder that `culture-ray fetch --wheels` has written, with the wheels of the
    lock and of this package; `python` is the version that they are for, such as 3.12. `base`
    replaces the base image, which then has to have that Python and pip.
    """
    install = [
        "python -m pip install --no-cache-dir --no-index --no-deps /wheels/*.whl",
        "rm -rf /wheels",
        "culture-ray --version",
    ]
    image = base or _python_image(python)
    return _text(form, image, [] if base else _SYSTEM_STEPS, {wheels: "/wheels"}, install)


def clone_recipe(form: str, python: str, lock: str) -> str:
    """Return the text of a recipe in one of FORMATS that installs a lock from a package index.

    It is built in the root of a clone; `lock` is the name of a file of requirements/.
    """
    install = [
        f"python -m pip install --no-cache-dir --no-deps --requirement /src/requirements/{lock}",
        "python -m pip install --no-cache-dir --no-deps /src",
        "rm -rf /src",
        "culture-ray --version",
    ]
    copied = {name: f"/src/{name}" for name in CLONE}
    return _text(form, _python_image(python), _SYSTEM_STEPS, copied, install)


def _python_image(python: str) -> str:
    return f"docker.io/library/python:{python}-slim-bookworm"


_SYSTEM_STEPS = [
    "apt-get update",
    f"apt-get install --yes --no-install-recommends {_SYSTEM}",
    "rm -rf /var/lib/apt/lists/*",
]


def _text(
    form: str, image: str, system: list[str], copied: Mapping[str, str], install: list[str]
) -> str:
    if form == "containerfile":
        lines = [f"FROM {image}", *(f"COPY {source} {to}" for source, to in copied.items())]
        if system:
            lines.append(f"RUN {' && '.join(system)}")
        return "\n".join([*lines, f"RUN {' && '.join(install)}", ""])
    lines = ["Bootstrap: docker", f"From: {image.removeprefix('docker.io/')}", "", "%files"]
    lines += [f"    {source} {to}" for source, to in copied.items()]
    lines += ["", "%post", "    set -e"]
    return "\n".join([*lines, *(f"    {step}" for step in (*system, *install)), ""])
