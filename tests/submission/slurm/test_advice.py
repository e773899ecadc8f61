"""Every refusal of Slurm comes with the setting to change."""

from __future__ import annotations

import pytest

from culture_ray.submission.slurm.advice import advice_on


@pytest.mark.parametrize(
    ("message", "setting"),
    [
        ("unrecognized option '--foo=1'; Try \"sbatch --help\" for more", "the cluster's file"),
        ("invalid partition specified: x; Invalid partition name specified", "slurm.partition"),
        ("Invalid account or account/partition combination specified", "slurm.account"),
        ("Invalid qos specification", "slurm.qos"),
        ("Requested time limit is invalid (missing or exceeds some limit)", "time_limit_hours"),
        ("Invalid generic resource (gres) specification", "slurm.gpu_type"),
        ("Memory specification can not be satisfied", "memory_gib_per_node"),
        ("CPU count per node can not be satisfied", "cpus_per_node"),
        ("Node count specification invalid", "cluster.nodes"),
        ("Invalid feature specification", "options.constraint"),
        ("Requested node configuration is not available", "cpus_per_node"),
        ("Requested partition configuration not available now", "slurm.partition"),
        ("Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)",
         "max_jobs"),
        ("User's group not permitted to use this partition", "slurm.account"),
        ("No cluster 'x' known by database.", "options.clusters"),
        ("Unable to contact slurm controller (connect failure)", "try again later"),
        ("Specify a project.; Batch job submission failed: Unspecified error", "slurm.options"),
    ],
)  # fmt: skip
def test_what_to_change_is_named(message: str, setting: str) -> None:
    assert setting in advice_on(f"Slurm refused (sbatch): {message}", "the cluster's file")
