"""Every verb of the console command, in words; what they do is loaded when it is asked for."""

from __future__ import annotations

import importlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Verb:
    """One word of the console command."""

    name: str
    summary: str
    """One line for the overview."""
    description: str
    examples: tuple[tuple[str, str], ...]
    """(command, what it does)."""

    def act(self, overrides: list[str]) -> int:
        """Do it; return the exit code. Raises CultureRayError."""
        module = importlib.import_module(f"culture_ray.verbs.{_MODULES.get(self.name, self.name)}")
        code: int = module.act(overrides)
        return code


_MODULES = {"import": "import_"}
"""Where the name of a verb is a word of Python's."""

_IN_ORDER = (
    Verb(
        name="plan",
        summary="show what a sweep would do and need; writes nothing",
        description=(
            "Prints the models, requests and tokens of a sweep and the hardware they need, from "
            "the models' shapes alone: no weights, no GPU and no key are needed. Writes nothing."
        ),
        examples=(
            ("culture-ray plan experiment=paper", "the published study"),
            (
                "culture-ray plan experiment=paper design.prompts_per_language=1000",
                "the same with more prompts",
            ),
            (
                "culture-ray plan experiment=paper 'model=[gemma_2_27b]' cluster.gpu_memory_gib=40",
                "one model on smaller GPUs",
            ),
        ),
    ),
    Verb(
        name="sweep",
        summary="run a sweep: elicit, judge, measure, regress, report; or resume it",
        description=(
            "Runs every stage of a run that is not done yet. The same command again goes on where "
            "it stopped, whatever stopped it. Results lie in results/RUN."
        ),
        examples=(
            ("culture-ray sweep experiment=quickstart", "the whole path in minutes, on two cores"),
            (
                "culture-ray sweep experiment=quickstart 'language=[da,en]' run=two_languages",
                "fewer languages, under a name of their own",
            ),
            (
                "culture-ray sweep experiment=paper 'model=[gemma_2_2b,gemma_2_9b]' "
                "'judge=[gemma_2_9b]' run=gemma",
                "two open models, judged by an open model",
            ),
            (
                "culture-ray sweep experiment=quickstart 'stages=[measure,regress,report]'",
                "new figures from what is elicited and judged already",
            ),
        ),
    ),
    Verb(
        name="status",
        summary="show what a run holds: done, failed and left, per stage and model",
        description=(
            "Reads a run directory, also while a sweep is working in it, and prints how many "
            "requests are done, failed and left. With --watch it goes on showing what the sweep "
            "itself shows, from any machine that sees the directory, until nothing is left."
        ),
        examples=(
            ("culture-ray status run=quickstart", "the run in results/quickstart"),
            ("culture-ray status run=quickstart --watch", "the same, for as long as it works"),
            (
                "culture-ray status run=paper results=/scratch/me/results",
                "a run that lies elsewhere",
            ),
        ),
    ),
    Verb(
        name="import",
        summary="make a run of responses that were scored elsewhere",
        description=(
            "Reads CSV, Parquet, Arrow or JSON lines with one row per scored response, checks it, "
            "and makes a run of it that analyse and report take like any other. The family of a "
            "model comes from conf/model, or from a column."
        ),
        examples=(
            (
                "culture-ray import file=scored.csv run=theirs columns.model=model_name "
                "columns.topic=question_key columns.value_polarity=score",
                "columns under other names",
            ),
            (
                "culture-ray import file=scored.parquet run=theirs allow_unknown_topics=true",
                "with topics that the catalogue lacks",
            ),
        ),
    ),
    Verb(
        name="analyse",
        summary="measure and regress a run, swept or imported, without models",
        description=(
            "Reduces the labels of a run to distributions, alignment and self-consistency, and "
            "fits the regressions. What was asked stays as it was; populations, capability and "
            "inference are the command's."
        ),
        examples=(
            ("culture-ray analyse run=theirs", "one row per model and language, valid intervals"),
            ("culture-ray analyse run=theirs inference=paper", "as published"),
        ),
    ),
    Verb(
        name="report",
        summary="write the page and the figures of a run from its tables",
        description=(
            "Writes report.html and figures/ from the tables that a sweep or analyse has written. "
            "Computes no figure anew."
        ),
        examples=(("culture-ray report run=theirs", "the page of an imported run"),),
    ),
)

VERBS = {verb.name: verb for verb in _IN_ORDER}
"""By name, in the order in which people meet them."""
