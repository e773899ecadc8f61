"""Verbs about models: models, probe."""

from __future__ import annotations

from culture_ray.cli.verbs.verb import Verb

MODELS = Verb(
    name="models",
    code="models.catalogue:act",
    summary="list the models you can choose, and which of them would run here",
    description=(
        "Lists the models of conf/model and of your own folder: family, parameters, licence, "
        "languages that the maker's card names, price, and requirements. The last column says "
        "whether a model would run on this machine, or on a cluster of conf/cluster, by GPUs and "
        "memory, or by the key of an API. name, family, engine, licence, speaks, billions_at_most "
        "and runs are filters. --json adds what each provider supports and the source of these "
        "facts."
    ),
    flags=("--json",),
    examples=(
        ("culture-ray models speaks=da", "models whose card names Danish"),
        ("culture-ray models runs=true", "models that would run on this machine"),
        (
            "culture-ray models family=qwen_3 cluster=jureca --json",
            "all facts about one family, for a cluster",
        ),
    ),
    root="models",
)

PROBE = Verb(
    name="probe",
    code="models.probe:act",
    summary="show what an API model supports and costs",
    description=(
        "Sends about ten short requests to a model behind an API, under a cap of a few cents, and "
        "prints what its provider supports: structured output, log probabilities, seeds, stop "
        "sequences, system messages, temperature and top_p, the output limit, limits in headers, "
        "the usage it reports, thoughts, and whether its price agrees with the table. --write puts "
        "the resulting settings into the model's YAML file; the rest of the file is unchanged."
    ),
    flags=("--write",),
    examples=(
        ("culture-ray probe 'model=[gpt_4o]'", "about ten requests, at most 5 cents"),
        (
            "culture-ray probe 'model=[gpt_4o]' spending.cap_dollars=0.5 --write",
            "a higher cap; the settings go into the model's file",
        ),
    ),
    root="probe",
)
