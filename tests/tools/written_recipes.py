"""Writer of container/: run `python -m tests.tools.written_recipes` after a change of a recipe."""

from __future__ import annotations

from culture_ray.tools.container import clone_recipe
from tests.conftest import ROOT

PYTHON, LOCK = "3.12", "gpu-cuda13.lock"
FILES = {
    "containerfile": ROOT / "container/Dockerfile",
    "apptainer": ROOT / "container/culture_ray.def",
}
_HEADS = {
    "containerfile": "# For NVIDIA GPUs, from a clone: "
    "docker build --tag culture_ray --file container/Dockerfile .\n",
    "apptainer": "# For NVIDIA GPUs, from a clone: "
    "apptainer build culture_ray.sif container/culture_ray.def\n",
}


def written(form: str) -> str:
    """Return the text of a recipe in container/."""
    return _HEADS[form] + clone_recipe(form, PYTHON, LOCK)


if __name__ == "__main__":
    for form, path in FILES.items():
        path.write_text(written(form), encoding="utf-8")
