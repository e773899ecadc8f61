"""`culture-ray cancel`: ends the Slurm jobs of a run."""

from __future__ import annotations

from pathlib import Path

from culture_ray.cli.console import Screen
from culture_ray.config.compose import compose_and_run
from culture_ray.config.launchers import Content
from culture_ray.errors import WrongValue
from culture_ray.run.open import made_with
from culture_ray.store.run_directory import RunDirectory
from culture_ray.submission import client
from culture_ray.submission.chain import read_chain


def act(overrides: list[str]) -> int:
    """Cancel every job of the run that waits or runs; return 0."""

    def run(content: Content, _: str) -> None:
        if not content["run"]:
            raise WrongValue("run", content["run"], "a name, such as run=paper")
        chosen = RunDirectory(Path(str(content["results"])).expanduser() / str(content["run"]))
        jobs = read_chain(chosen.folder / "slurm")
        if not jobs:
            made_with(chosen)
        there = list(dict.fromkeys(state.job for state in client.states(jobs)))
        client.cancel(there)
        said = f"cancelled: {', '.join(there)}" if there else "no job of it waits or runs"
        Screen().print(f"run {chosen.name}: {said}", highlight=False, soft_wrap=True)

    compose_and_run("culture-ray cancel", overrides, run)
    return 0
