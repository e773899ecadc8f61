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
    root: str = "config"
    """The file of the conf tree that its composition begins with."""
    flags: tuple[str, ...] = ()
    """Flags of its own, beside Hydra's, each with the word for its value if it takes one."""

    def act(self, overrides: list[str]) -> int:
        """Do it; return the exit code. Raises CultureRayError."""
        module = importlib.import_module(
            f"culture_ray.cli.commands.{_MODULES.get(self.name, self.name)}"
        )
        code: int = module.act(overrides)
        return code


_MODULES = {"import": "import_", "judge-check": "judge_check", "label-sheet": "label_sheet"}
"""Where the name of a verb is a word of Python's."""

_IN_ORDER = (
    Verb(
        name="plan",
        summary="show what a sweep would do and need; writes nothing",
        description=(
            "Prints the models, requests and tokens of a sweep and the hardware they need, from "
            "the models' shapes alone: no weights, no GPU and no key are needed. Beside the rate "
            "that is reckoned with stands what the GPU could do at most. --json prints the same "
            "for programs. Writes nothing."
        ),
        examples=(
            ("culture-ray plan experiment=paper", "the published study"),
            (
                "culture-ray plan experiment=paper design.prompts_per_language=1000",
                "the same with more prompts",
            ),
            (
                "culture-ray plan experiment=paper 'model=[gemma_2_27b]' cluster.gpu=a100_40gb",
                "one model on smaller GPUs",
            ),
            (
                "culture-ray plan experiment=paper cluster.nodes=4 cluster.gpus_per_node=8 --json",
                "a larger cluster, for a program to read",
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
            "requests are done, failed, by kind of failure, and left, and what was spent. With "
            "--watch it goes on showing what the sweep itself shows, from any machine that sees "
            "the directory, until nothing is left."
        ),
        flags=("--watch",),
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
        name="submit",
        summary="submit a sweep to Slurm, sized from its plan",
        description=(
            "Works out nodes, GPUs, memory and time from the plan and conf/cluster, writes the "
            "batch script into the run directory and submits it. A sweep longer than one job may "
            "be becomes a chain of jobs on one run directory. --dry-run shows the script and "
            "submits nothing; no Slurm is needed for that."
        ),
        examples=(
            (
                "culture-ray submit experiment=paper_open cluster=slurm",
                "the published study's open models",
            ),
            (
                "culture-ray submit experiment=paper_open cluster=slurm --dry-run",
                "the script alone",
            ),
            (
                "culture-ray submit experiment=paper_open cluster=slurm "
                "cluster.slurm.partition=gpu cluster.nodes=8 cluster.slurm.time_limit_hours=4",
                "more nodes, shorter jobs",
            ),
        ),
        flags=("--dry-run",),
    ),
    Verb(
        name="cancel",
        summary="cancel the Slurm jobs of a run; what is committed stays",
        description=(
            "Cancels every job of the run's chain that waits or runs. The same submit goes on "
            "later where the run stands."
        ),
        examples=(("culture-ray cancel run=paper", "all jobs of the run in results/paper"),),
    ),
    Verb(
        name="fetch",
        summary="bring a sweep's models to this machine, for nodes without internet",
        description=(
            "Downloads the weights of every model and judge of a sweep into the hub's cache, and "
            "prepares the embedded model; compute nodes then load them offline. --wheels FOLDER "
            "also downloads the packages of this environment, to install where no index is reached."
        ),
        examples=(
            ("culture-ray fetch experiment=paper", "every open model of the study"),
            (
                "culture-ray fetch experiment=paper 'model=[gemma_2_2b]' 'judge=[gemma_2_9b]' "
                "--wheels wheels",
                "two models, and the packages",
            ),
        ),
        flags=("--wheels FOLDER",),
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
        root="import",
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
    Verb(
        name="populations",
        summary="compute ground truth from the EVS/WVS joint file",
        description=(
            "Reads the joint file as its archive publishes it (CSV, SPSS or Stata; it is licensed "
            "and does not come with culture-ray) and writes weighted value polarity with standard "
            "errors of populations, which sweeps then choose with populations=NAME."
        ),
        examples=(
            (
                "culture-ray populations file=EVS_WVS_Joint.csv recode=symmetric name=joint",
                "countries, speakers of languages and the world; middle answers dropped",
            ),
            (
                "culture-ray populations file=joint.sav 'by=[country,language,country/X001]'",
                "women and men of each country, too",
            ),
        ),
        root="populations",
    ),
    Verb(
        name="translate",
        summary="make the texts of a language with a model, checked, to be reviewed",
        description=(
            "Translates every text that a language file lacks, asks for a translation back and a "
            "second reading of every polarity, and adds the texts as reviewed: false. What stands "
            "in the file is never changed. A second model checks: model=[maker,checker]. The same "
            "command again goes on where it stopped."
        ),
        examples=(
            ("culture-ray translate language=de 'model=[gemma_2_27b]'", "German, from English"),
            (
                "culture-ray translate language=de 'model=[gemma_2_27b]' 'only=[topics.f120]'",
                "one topic",
            ),
        ),
        root="translate",
    ),
    Verb(
        name="vary",
        summary="propose new wordings or templates with a model, to be reviewed",
        description=(
            "Asks a model for new wordings of every topic, or new templates, in a language, has "
            "the polarity of each read a second time, and adds them as reviewed: false. Translate "
            "then brings them into other languages."
        ),
        examples=(
            (
                "culture-ray vary language=en what=wordings 'model=[gemma_2_27b]' count=2",
                "two more wordings of each topic",
            ),
        ),
        root="translate",
    ),
    Verb(
        name="label-sheet",
        summary="draw a sample of a run for people to label",
        description=(
            "Draws responses evenly over models, languages and topics, and in the judge's shares "
            "of stances, and writes them as CSV and as a page that works offline: keys p, c and n "
            "label, what is labelled stays in the browser, and is saved as CSV. Neither the model "
            "nor the judge's stances are on the sheet."
        ),
        examples=(
            ("culture-ray label-sheet run=quickstart n=200", "200 responses"),
            ("culture-ray label-sheet run=quickstart n=50 sheet_seed=2", "50 others"),
        ),
        root="label_sheet",
    ),
    Verb(
        name="judge-check",
        summary="measure how far a judge can be trusted",
        description=(
            "Lets judges read the gold set, responses in four languages whose every opinion has a "
            "known stance, and prints accuracy, Cohen's kappa, confusion and error by language, "
            "length, layout and topic. The error is kept in results/judge-check and enters the "
            "statistics of every run that this very judge labels. With human=FILE it compares a "
            "judge with people: on a run's sheet (run=NAME), or on gold responses. The same "
            "command again goes on where it stopped."
        ),
        examples=(
            ("culture-ray judge-check 'judge=[gemma_3_270m]'", "the embedded judge, all languages"),
            (
                "culture-ray judge-check 'judge=[gemma_2_9b,gemma_2_27b]' repeats=3",
                "two judges, with agreement between them and between repeats",
            ),
            (
                "culture-ray judge-check run=quickstart human=labels.csv",
                "a run's judges against people who labelled a sheet of it",
            ),
        ),
        root="judge_check",
    ),
    Verb(
        name="capability",
        summary="turn results of benchmark harnesses into capability figures",
        description=(
            "Reads the result files of EuroEval or of lm_eval and writes the score of every "
            "benchmark by model and language, with its standard error; sweep and analyse then "
            "choose them with capability=NAME and take the mean of a language's benchmarks. Each "
            "thing that is left out gets a line: models that conf/model does not know "
            "(rename={THEIRS: OURS} tells), tasks of an unknown language (tasks={TASK: {language: "
            "da, metric: acc}} tells), and benchmarks that only some of the models have."
        ),
        examples=(
            (
                "culture-ray capability from=euroeval file=euroeval_benchmark_results.jsonl",
                "what EuroEval wrote; then: analyse run=NAME capability=euroeval",
            ),
            (
                "culture-ray capability from=lm_eval 'file=[small,large]' name=measured "
                "'rename={my/finetune: gemma_2_2b}'",
                "every results_*.json below two folders",
            ),
        ),
        root="capability",
    ),
    Verb(
        name="export",
        summary="write a run's tables as Parquet, or as a Hugging Face dataset",
        description=(
            "Writes every table of a run as Parquet files whose columns carry their meaning and "
            "unit; with format=datasets as a folder that Hugging Face datasets loads, with a data "
            "card that says what the columns mean, how the run was made and what must not be "
            "concluded. It reads shard by shard, only what verifies, and replaces a former export "
            "at once. A run that is not finished is exported as it stands and says so. The "
            "survey's microdata and populations' figures are never part of it."
        ),
        examples=(
            ("culture-ray export run=quickstart", "into results/quickstart/export/parquet"),
            (
                "culture-ray export run=quickstart format=datasets licence=cc-by-4.0 to=shared",
                "a folder with a data card, to be published",
            ),
            (
                "culture-ray export run=quickstart 'tables=[cells,distributions]'",
                "some of the tables",
            ),
        ),
        root="export",
    ),
    Verb(
        name="compare",
        summary="show what changed between two runs, and by how much",
        description=(
            "Lists what was asked differently in two runs (models, languages, topics, prompts, "
            "judges, protocols, versions) and gives paired differences of their figures, cell by "
            "cell and on average, on the topics that both answered, with 95 % intervals from draws "
            "of topics that both share. Where two judges read the same responses, their agreement "
            "too. Writes CSV, LaTeX and Markdown; touches neither run."
        ),
        examples=(
            ("culture-ray compare 'run=[quickstart,other]'", "the second minus the first"),
            ("culture-ray compare run=quickstart run=other", "the same"),
            (
                "culture-ray compare 'run=[base,tuned]' 'pairs={gemma_2_2b: my_finetune}'",
                "a model beside one of another name",
            ),
        ),
        root="compare",
    ),
)

VERBS = {verb.name: verb for verb in _IN_ORDER}
"""By name, in the order in which people meet them."""
