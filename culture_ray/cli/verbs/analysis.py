"""Verbs for responses that exist already: import, analyse, report, compare."""

from __future__ import annotations

from culture_ray.cli.verbs.verb import Verb

_FIGURES = ("populations", "capability", "baselines", "judging", "allow_missing_ground_truth")
"""Keys about what a run is compared with and which of its labels count."""

_CONSTANTS = ("model", "language", "topic", "family", "persona", "wording")
"""Keys of import that stand for constants.KEY."""

IMPORT = Verb(
    name="import",
    code="import_:act",
    summary="turn responses that were scored elsewhere into a run",
    description=(
        "Reads files with one row per scored response, checks them, and turns them into a run that "
        "analyse and report treat like any other: CSV or TSV, JSON, Parquet, Arrow or Feather. A "
        "response has a value polarity, a list of stances, numbers of opinions, an answer code or "
        "shares of all answers. Languages may be names or codes. Give what a file lacks with "
        "model=NAME, language=CODE and the like. The family of a model comes from conf/model, "
        "from a column, or from family=NAME. docs/importing.md explains every column."
    ),
    examples=(
        (
            "culture-ray import file=scored.csv run=theirs columns.model=model_name "
            "columns.topic=question_key columns.value_polarity=score",
            "a file with other column names",
        ),
        (
            "culture-ray import file=folder run=theirs model=file_name language=en family=gpt",
            "a folder with one file per model",
        ),
        (
            "culture-ray import file=stances.jsonl run=theirs columns.value_polarity=opinions",
            "lists of stances",
        ),
        (
            "culture-ray import file=scored.parquet run=theirs allow_unknown_topics=true",
            "a file with topics outside the catalogue",
        ),
        (
            "culture-ray import file=hub:organisation/name run=theirs",
            "an export on the Hugging Face hub; file=FOLDER for one on this machine",
        ),
    ),
    root="import",
    keys=(
        "file",
        "encoding",
        "columns",
        "constants",
        *_CONSTANTS,
        "rename",
        "stances",
        "value_range",
        "allow_unknown_topics",
        "experiment",
        "run",
        "results",
        "seed",
        "topics",
        *_FIGURES,
        "inference",
    ),
)

ANALYSE = Verb(
    name="analyse",
    code="analyse:act",
    summary="compute a run's measures and regressions, without models",
    description=(
        "Reduces the labels of a swept or imported run to distributions, alignment and "
        "self-consistency, and fits the regressions. The requests of the run stay as they are; "
        "you can choose other populations, capability and inference."
    ),
    examples=(
        ("culture-ray analyse run=theirs", "one row per model and language, valid intervals"),
        ("culture-ray analyse run=theirs inference=paper", "the published analysis"),
    ),
    keys=("experiment", "run", "results", *_FIGURES, "inference"),
    keeps_run=True,
)

REPORT = Verb(
    name="report",
    code="report:act",
    summary="write the HTML report and the figures of a run",
    description=(
        "Writes report.html and figures/ from the tables that sweep or analyse has written. "
        "It measures and fits nothing."
    ),
    examples=(
        ("culture-ray report run=theirs", "the report of an imported run"),
        ("culture-ray report run=theirs print_figures=true", "figures as PDF and PNG too"),
    ),
    keys=(
        "experiment",
        "run",
        "results",
        "print_figures",
        *_FIGURES,
        "spending.cap_dollars",
        "spending.account",
    ),
    keeps_run=True,
)

COMPARE = Verb(
    name="compare",
    code="compare:act",
    summary="show what changed between two runs, and by how much",
    description=(
        "Lists the differences between the settings of two runs (models, languages, topics, "
        "prompts, judges, protocols, versions) and the paired differences of their results, per "
        "cell and on average, over the topics that both have, with 95 % intervals from shared "
        "draws of topics. If two judges labelled the same responses, it also shows their "
        "agreement. Writes CSV, LaTeX and Markdown; neither run is changed."
    ),
    examples=(
        ("culture-ray compare 'run=[quickstart,other]'", "the second minus the first"),
        ("culture-ray compare run=quickstart run=other", "the same"),
        (
            "culture-ray compare 'run=[base,tuned]' 'pairs={gemma_2_2b: my_finetune}'",
            "two models under different names",
        ),
    ),
    root="compare",
    keys=(
        "run",
        "results",
        "pairs",
        "to",
        "seed",
        "experiment",
        "populations",
        "baselines",
        "judging",
        "allow_missing_ground_truth",
        "inference",
    ),
)
