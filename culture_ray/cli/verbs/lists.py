"""Verb that lists existing runs and what can be chosen: list."""

from __future__ import annotations

from culture_ray.cli.verbs.verb import Verb

ROOTS = {
    "runs": "list_runs",
    "models": "models",
    "topics": "list_topics",
    "languages": "list_languages",
    "populations": "list_populations",
    "clusters": "list_clusters",
    "benchmarks": "list_benchmarks",
    "scores": "list_scores",
}
"""File of the conf tree with the filters of a list, by the word that names the list."""

LIST = Verb(
    name="list",
    code="lists.lists:act",
    summary="list existing runs, and the models, topics, ... you can choose",
    description=(
        "Prints one list as a table, or as JSON with --json: runs in a results folder with their "
        "state, models with size, price and requirements, topics, languages, populations, "
        "clusters, benchmarks, or the scores behind capability. Arguments after the name of the "
        "list are filters."
    ),
    flags=("--json",),
    examples=(
        ("culture-ray list runs state=unfinished", "runs that wait to be resumed"),
        ("culture-ray list models speaks=da", "the same as culture-ray models"),
        ("culture-ray list topics name=abortion", "topics by a word of the survey item"),
        ("culture-ray list languages speakers=true", "languages with figures of their speakers"),
        ("culture-ray list populations of_language=pt", "where Portuguese is spoken"),
        ("culture-ray list clusters gpu=h100 --json", "as JSON"),
        ("culture-ray list benchmarks of_language=da", "benchmarks with items in Danish"),
        ("culture-ray list scores of_model=gemma_2_9b", "benchmarks with scores of one model"),
    ),
    roots=ROOTS,
)
