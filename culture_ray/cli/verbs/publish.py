"""Verbs that publish what runs have found: export, leaderboard, track."""

from __future__ import annotations

from culture_ray.cli.verbs.verb import Verb

EXPORT = Verb(
    name="export",
    code="publish.export:act",
    summary="write a run's tables as Parquet, or as a Hugging Face dataset",
    description=(
        "Writes every table of a run as Parquet files, with the meaning and unit of each column. "
        "With format=datasets, it writes a folder that Hugging Face datasets can load and that "
        "can be deposited with Zenodo or OSF. The folder has metadata as RO-Crate and Croissant, "
        "BibTeX, and a data card that explains the columns, how the run was made and what must "
        "not be concluded from it. "
        "push=organisation/name uploads that folder to the hub. Only shards that pass "
        "verification are read, one at a time, and a previous export is replaced atomically. An "
        "unfinished run is exported as it is and marked as unfinished. "
        "The survey's microdata and the populations' figures are never included."
    ),
    examples=(
        ("culture-ray export run=quickstart", "into results/quickstart/export/parquet"),
        (
            "culture-ray export run=quickstart format=datasets licence=cc-by-4.0 to=shared",
            "a folder with a data card, ready to publish",
        ),
        (
            "culture-ray export run=quickstart 'tables=[cells,distributions]'",
            "some of the tables",
        ),
        (
            "culture-ray export run=quickstart format=datasets licence=cc-by-4.0 "
            "push=organisation/name",
            "uploaded to the hub, where it stays private; needs HF_TOKEN",
        ),
    ),
    root="export",
)

LEADERBOARD = Verb(
    name="leaderboard",
    code="publish.leaderboard:act",
    summary="rank the models of several runs on one page and in one table",
    description=(
        "Ranks the models of analysed runs by their alignment with the speakers of each language, "
        "over the same draws of topics, and says which leads are statistically significant. Models "
        "are ranked together if their runs have the same topics, main protocol, texts, first judge "
        "and survey figures; other models get a separate table that says why. Writes a static "
        "page, leaderboard.csv and records of Every Eval Ever. To add a model, run the command "
        "again with its run added. No run is changed."
    ),
    examples=(
        ("culture-ray leaderboard 'run=[quickstart,other]'", "into results/leaderboard"),
        (
            "culture-ray leaderboard 'run=[quickstart,theirs/swedish]' to=site "
            "'title=Values in Nordic languages'",
            "a run in another folder, a title, a folder to publish",
        ),
    ),
    root="leaderboard",
    keys=("run", "results", "title", "to", "seed", "inference"),
)

TRACK = Verb(
    name="track",
    code="publish.track:act",
    summary="log a run to MLflow, beside other experiments",
    description=(
        "Logs a run to MLflow: its settings as parameters, requests, alignment, gaps and dollars "
        "as metrics, and its report, tables and configuration as artifacts. Unknown figures are "
        "left out. Logging a run again, for instance after more of it is done, updates the same "
        "MLflow run. Needs the extra mlflow; no other verb logs anything."
    ),
    examples=(
        ("culture-ray track run=quickstart to=mlruns", "into a folder"),
        (
            "culture-ray track run=quickstart to=http://localhost:5000 mlflow_experiment=values",
            "to a server, in a named experiment",
        ),
    ),
    root="track",
)
