"""Verbs that plan, run and follow a sweep: plan, sweep, status."""

from __future__ import annotations

from culture_ray.cli.verbs.verb import Verb
from culture_ray.settings.stages import Stage

PLAN = Verb(
    name="plan",
    code="plan:act",
    summary="show what a sweep would do and need; --preregister records it",
    description=(
        "Prints the models, requests and tokens of a sweep and the hardware it needs. It uses "
        "only the models' architectures, so no weights, GPU or key are needed. The expected rate "
        "of each model is shown next to the physical limit of the GPU. --json prints the same "
        "figures for programs. A plan writes nothing, unless --preregister asks for a dated "
        "document of what will be asked and tested, with its SHA-256; --hypotheses adds the text "
        "of a file. The report then says whether the run followed it."
    ),
    examples=(
        ("culture-ray plan experiment=paper", "the published study"),
        (
            "culture-ray plan experiment=paper design.prompts_per_language=1000",
            "the same study with more prompts",
        ),
        (
            "culture-ray plan experiment=paper 'model=[gemma_2_27b]' cluster.gpu=a100_40gb",
            "one model on smaller GPUs",
        ),
        (
            "culture-ray plan experiment=paper cluster.nodes=4 cluster.gpus_per_node=8 --json",
            "a larger cluster, as JSON",
        ),
        (
            "culture-ray plan experiment=paper run=ours --preregister",
            "a text and a JSON file in results/ours/preregistration",
        ),
    ),
    flags=("--json", "--preregister", "--hypotheses FILE"),
)

SWEEP = Verb(
    name="sweep",
    code="sweep:act",
    summary=f"run or resume: {', '.join(Stage)}",
    description=(
        "Runs every stage that is not done yet, or whose input has changed since. If a sweep "
        "stops, for whatever reason, run the same command again to resume it. "
        "Results are written to results/RUN. "
        f"Stages: {'; '.join(f'{stage} ({stage.meaning})' for stage in Stage)}."
    ),
    examples=(
        ("culture-ray sweep experiment=quickstart", "a complete run in minutes, on two cores"),
        (
            "culture-ray sweep experiment=quickstart 'language=[da,en]' run=two_languages",
            "fewer languages, in a separate run",
        ),
        (
            "culture-ray sweep experiment=paper 'model=[gemma_2_2b,gemma_2_9b]' "
            "'judge=[gemma_2_9b]' run=gemma",
            "two open models, judged by an open model",
        ),
        (
            "culture-ray sweep experiment=quickstart 'stages=[measure,regress,report]'",
            "new results from existing responses and labels",
        ),
        (
            "culture-ray sweep experiment=quickstart retry=failed",
            "send the requests again that failed in earlier sessions",
        ),
    ),
)

STATUS = Verb(
    name="status",
    code="status:act",
    summary="show the requests of a run that are done, failed and left",
    description=(
        "Reads a run directory, even while a sweep is running in it, and prints how many requests "
        "are done, failed (by kind of failure) and left, per stage and model, and what was spent. "
        "--watch shows the sweep's progress table until nothing is left, on any machine that can "
        "read the directory."
    ),
    keys=("experiment", "run", "results", "watch"),
    flags=("--watch",),
    examples=(
        ("culture-ray status run=quickstart", "the run in results/quickstart"),
        ("culture-ray status run=quickstart --watch", "the same, updated until it is done"),
        (
            "culture-ray status run=paper results=/scratch/me/results",
            "a run in another results directory",
        ),
    ),
)
