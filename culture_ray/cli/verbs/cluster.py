"""Verbs for Slurm clusters: submit, cancel, fetch, container."""

from __future__ import annotations

from culture_ray.cli.verbs.verb import Verb

SUBMIT = Verb(
    name="submit",
    code="submit:act",
    summary="submit a sweep to Slurm, sized from its plan",
    description=(
        "Works out nodes, GPUs, memory and time from the plan and conf/cluster, writes the "
        "batch script into the run directory and submits it. A sweep that needs more time than "
        "one job may take becomes a chain of jobs on one run directory. --dry-run prints the "
        "script and Slurm's verdict on it (sbatch --test-only) without submitting it; it also "
        "works on machines without Slurm."
    ),
    examples=(
        (
            "culture-ray submit experiment=paper_open cluster=slurm",
            "the published study's open models",
        ),
        (
            "culture-ray submit experiment=paper_open cluster=slurm --dry-run",
            "only print the script",
        ),
        (
            "culture-ray submit experiment=paper_open cluster=slurm "
            "cluster.slurm.partition=gpu cluster.nodes=8 cluster.slurm.time_limit_hours=4",
            "more nodes, shorter jobs",
        ),
    ),
    flags=("--dry-run",),
)

CANCEL = Verb(
    name="cancel",
    code="cancel:act",
    summary="cancel the Slurm jobs of a run; committed results are kept",
    description=(
        "Cancels every pending or running job of the run's chain. Run the same submit command "
        "later to resume."
    ),
    examples=(("culture-ray cancel run=paper", "all jobs of the run in results/paper"),),
    keys=("experiment", "run", "results"),
)

FETCH = Verb(
    name="fetch",
    code="fetch:act",
    summary="download a sweep's models, for nodes without internet access",
    description=(
        "Downloads the weights of every model and judge of a sweep, and the data sets of its "
        "benchmarks, into the hub's cache and prepares the embedded model, so that compute nodes "
        "can load them offline. It prints the commit of each data set. --wheels FOLDER also saves "
        "the tested packages for GPUs, and culture_ray, for machines that reach no package index; "
        "--lock NAME chooses another file of requirements/."
    ),
    examples=(
        ("culture-ray fetch experiment=paper", "every open model of the study"),
        (
            "culture-ray fetch experiment=paper 'model=[gemma_2_2b]' 'judge=[gemma_2_9b]' "
            "--wheels wheels",
            "two models, and the packages",
        ),
    ),
    flags=("--wheels FOLDER", "--lock NAME"),
)

CONTAINER = Verb(
    name="container",
    code="container:act",
    summary="write a container recipe, for clusters that run containers only",
    description=(
        "Writes a recipe that installs the wheels saved by fetch --wheels: a definition file for "
        "Apptainer and Singularity if the file's name ends in .def, otherwise a recipe for Podman, "
        "Docker and Enroot. --wheels names the folder of the wheels if it is not called wheels. "
        "--base names another image to start from, such as one for AMD GPUs; it needs pip and "
        "this Python's version."
    ),
    examples=(
        ("culture-ray container", "culture_ray.def, for apptainer build"),
        ("culture-ray container --file Containerfile", "for podman-hpc build"),
    ),
    flags=("--file FILE", "--wheels FOLDER", "--base IMAGE"),
    composes=False,
)
