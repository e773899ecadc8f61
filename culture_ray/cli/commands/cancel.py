"""`culture-ray cancel`: cancels the Slurm jobs of a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from culture_ray.cli.arguments import run_directory
from culture_ray.cli.commands.elsewhere import made_with_or_elsewhere
from culture_ray.cli.console import Screen
from culture_ray.config.hydra_hooks.plain_words import on_place
from culture_ray.submission.chain import read_chain
from culture_ray.submission.slurm import client


def act(overrides: list[str]) -> int:
    """Cancel every pending or running job of a run; return 0."""

    def run(content: Mapping[str, Any], _: str) -> None:
        chosen = run_directory(content, "paper")
        chain = read_chain(chosen.folder / "slurm")
        if not chain:
            made_with_or_elsewhere(chosen)
        there = {state.job for state in client.states(chain)}
        jobs = [job for job in chain if job in there]
        client.cancel(jobs)
        numbers = ", ".join(job.number for job in jobs)
        outcome = f"cancelled: {numbers}" if jobs else "no job is pending or running"
        Screen().write_line(f"run {chosen.name}: {outcome}")

    on_place("culture-ray cancel", overrides, run)
    return 0
